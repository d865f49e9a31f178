package org.basisar.nn;

import java.util.List;

/** A weight file that does not hold what the network needs. */
public final class WeightsException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final int SHOWN = 12;

  private final transient List<String> faults;

  WeightsException(String file, List<String> faults) {
    super(
        file
            + " does not fit this network: "
            + String.join("; ", faults.subList(0, Math.min(SHOWN, faults.size())))
            + (faults.size() > SHOWN ? "; and " + (faults.size() - SHOWN) + " more" : "")
            + "; use the file of a network of the same configuration");
    this.faults = List.copyOf(faults);
  }

  /** Every fault. */
  public List<String> faults() {
    return faults;
  }
}

package org.basisar.nn;

import org.basisar.tensor.Ops;
import org.basisar.tensor.Tensor;

/**
 * fc2(gelu(fc1_g(x)) · fc1_x(x)); children {@code fc1_g}, {@code fc1_x}, {@code fc2}. The gate's
 * activation is the exact GELU although public code calls the module after SiLU.
 */
public final class GatedMlp extends Module {
  private final Linear gate; // D → h
  private final Linear value; // D → h
  private final Linear out; // h → D
  private final Dropout productDropout;
  private final Dropout outDropout;

  /** An MLP of hidden width {@code hidden}; the dropout acts on the product and on the result. */
  public GatedMlp(Setup setup, int width, int hidden, double dropout) {
    gate = child("fc1_g", new Linear(setup, width, hidden));
    value = child("fc1_x", new Linear(setup, width, hidden));
    out = child("fc2", new Linear(setup, hidden, width));
    productDropout = child("drop1", new Dropout(setup, dropout));
    outDropout = child("drop2", new Dropout(setup, dropout));
  }

  /** Maps [..., D] to [..., D]. */
  public Tensor forward(Tensor x) {
    Tensor product = Ops.gatedGelu(gate.forward(x), value.forward(x));
    return outDropout.forward(out.forward(productDropout.forward(product)));
  }
}

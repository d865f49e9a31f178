package org.basisar.bar.measure;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.basisar.tensor.Device;

/**
 * How much longer one row of table 9 takes than another one, from the launches that only one of
 * them has. What both have is left out, so that the noise of a whole step is left out, too.
 *
 * @param base the row that is compared with
 * @param other the row that is compared
 * @param step seconds of all launches of the base's step
 * @param onlyBase what the base launches and the other row does not, or not as often
 * @param onlyOther the reverse
 */
public record RowDifference(
    StepCost.Row base,
    StepCost.Row other,
    double step,
    List<LaunchProfile.Line> onlyBase,
    List<LaunchProfile.Line> onlyOther) {

  /** How a difference is found, for the reader of a table. */
  public static final String METHOD =
      "By parts: steps of both rows are replayed in turn, launch by launch. An operation on operands"
          + " of one shape that both rows launch equally often is left out; of the others the surplus"
          + " counts, each launch by its median. The ratio is 1 and the difference of these over the"
          + " base's whole step.";

  /**
   * Measures on the current device, in two halves, so that each shows how far the other is to be
   * trusted.
   *
   * @param seconds of replays before any counts
   * @param replays of each row and half
   */
  public static List<RowDifference> of(
      StepSetting setting, StepCost.Row base, StepCost.Row other, double seconds, int replays) {
    Device device = Device.current();
    try (StepRun one = new StepRun(base, setting);
        StepRun two = new StepRun(other, setting)) {
      LaunchClock[] clocks = {new LaunchClock(device), new LaunchClock(device)};
      StepRun[] runs = {one, two};
      for (int i = 0; i < runs.length; i++) {
        runs[i].advance();
        runs[i].watch(clocks[i]);
        runs[i].warm(seconds);
      }
      List<RowDifference> halves = new ArrayList<>();
      for (int half = 0; half < 2; half++) {
        LaunchProfile[] profiles = {
          new LaunchProfile(clocks[0].entries()), new LaunchProfile(clocks[1].entries())
        };
        for (int replay = 0; replay < replays; replay++) {
          for (int i = 0; i < runs.length; i++) {
            runs[i].advance();
            profiles[i].add(clocks[i].seconds());
          }
        }
        halves.add(between(base, other, profiles[0].lines(), profiles[1].lines()));
      }
      return halves;
    }
  }

  static RowDifference between(
      StepCost.Row base,
      StepCost.Row other,
      List<LaunchProfile.Line> ofBase,
      List<LaunchProfile.Line> ofOther) {
    return new RowDifference(
        base,
        other,
        LaunchProfile.seconds(ofBase),
        surplus(ofBase, ofOther),
        surplus(ofOther, ofBase));
  }

  private static List<LaunchProfile.Line> surplus(
      List<LaunchProfile.Line> lines, List<LaunchProfile.Line> others) {
    Map<String, LaunchProfile.Line> there =
        others.stream().collect(Collectors.toMap(LaunchProfile.Line::name, Function.identity()));
    List<LaunchProfile.Line> surplus = new ArrayList<>();
    for (LaunchProfile.Line line : lines) {
      LaunchProfile.Line same = there.get(line.name());
      int calls = line.calls() - (same == null ? 0 : same.calls());
      if (calls > 0) {
        double share = (double) calls / line.calls();
        surplus.add(
            new LaunchProfile.Line(
                line.operation(),
                line.shapes(),
                calls,
                share * line.seconds(),
                share * line.flops(),
                share * line.bytes()));
      }
    }
    return surplus;
  }

  /** The other row's time as a multiple of the base's. */
  public double ratio() {
    return 1 + (LaunchProfile.seconds(onlyOther) - LaunchProfile.seconds(onlyBase)) / step;
  }

  /** In words, with every launch that counts. */
  public String text() {
    return String.format(
        Locale.ROOT,
        "%s has %s, %s has %s, of %.2f ms: %.5fx.",
        other.title(),
        listed(onlyOther),
        base.title(),
        listed(onlyBase),
        step * 1e3,
        ratio());
  }

  private static String listed(List<LaunchProfile.Line> lines) {
    String each =
        lines.stream()
            .map(line ->
                String.format(
                    Locale.ROOT,
                    "%d %s %.1f",
                    line.calls(),
                    line.operation(),
                    line.seconds() * 1e6))
            .collect(Collectors.joining(", "));
    return String.format(Locale.ROOT, "%.1f µs (%s)", LaunchProfile.seconds(lines) * 1e6, each);
  }
}

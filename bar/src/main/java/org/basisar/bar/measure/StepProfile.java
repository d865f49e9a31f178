package org.basisar.bar.measure;

import java.util.List;
import java.util.Locale;
import org.basisar.tensor.Device;

/**
 * Where the time of a training step of BAR with the residual objective goes, launch by launch.
 *
 * @param lines one for each operation and shape, those that take longest first
 * @param seconds that all launches take together
 * @param whole a step as it is trained, replayed as one, with loading the batch and reading losses
 * @param replays of which the medians are
 */
public record StepProfile(
    List<LaunchProfile.Line> lines, double seconds, Timing whole, int replays) {
  private static final int LEAST_REPLAYS = 5;

  /** How many times a round's length it takes Java's compiler to be done with a step. */
  private static final int WARM_ROUNDS = 15;

  /**
   * Measures on the current device. Every launch is waited for before the next begins, which costs
   * a GPU a few microseconds each and the processor nothing.
   *
   * @param length that a round of measuring should take, in seconds
   */
  public static StepProfile of(StepSetting setting, double length) {
    Device device = Device.current();
    try (StepRun run = new StepRun(StepCost.Row.RESIDUAL, setting)) {
      run.advance();
      run.warm(WARM_ROUNDS * length);
      Timing whole =
          Interleaved.of(device, length, LEAST_REPLAYS, List.of(run::advance)).getFirst();
      int replays = Math.max(LEAST_REPLAYS, (int) (LEAST_REPLAYS * length / whole.median()));
      LaunchClock clock = new LaunchClock(device);
      run.watch(clock);
      run.advance(); // replaying one by one is new to the compiler
      LaunchProfile profile = new LaunchProfile(clock.entries());
      for (int i = 0; i < replays; i++) {
        run.advance();
        profile.add(clock.seconds());
      }
      List<LaunchProfile.Line> lines = profile.lines();
      return new StepProfile(lines, LaunchProfile.seconds(lines), whole, profile.replays());
    }
  }

  /** The share that a line has in the time of all. */
  public double share(LaunchProfile.Line line) {
    return line.seconds() / seconds;
  }

  /** The names of the columns of {@link #cells}. */
  public static List<String> columns() {
    return List.of("operation", "calls", "ms", "share", "GFLOP/s", "GB/s", "of roof", "shapes");
  }

  /** As the cells of a table. */
  public List<String> cells(LaunchProfile.Line line, Ceilings ceilings) {
    return List.of(
        line.operation(),
        Integer.toString(line.calls()),
        format("%.3f", line.seconds() * 1e3),
        format("%.1f %%", 100 * share(line)),
        format("%.1f", line.gigaflops()),
        format("%.1f", line.gigabytes()),
        format("%.0f %%", 100 * ceilings.secondsOf(line.flops(), line.bytes()) / line.seconds()),
        line.shapes());
  }

  /** What was added up, in a sentence. */
  public String summary() {
    return format("%.2f ms in ", seconds * 1e3)
        + lines.stream().mapToInt(LaunchProfile.Line::calls).sum()
        + " launches one by one, medians of "
        + replays
        + " steps; a step as it is trained takes "
        + format("%.2f ms", whole.median() * 1e3)
        + format(" (%.2f to ", whole.least() * 1e3)
        + format("%.2f).", whole.most() * 1e3);
  }

  private static String format(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}

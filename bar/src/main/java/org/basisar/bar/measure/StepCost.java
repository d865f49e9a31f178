package org.basisar.bar.measure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.basisar.bar.basis.Objective;
import org.basisar.bar.transform.TransformKind;
import org.basisar.tensor.Device;

/**
 * What a whole training step costs for plain xAR, BAR, and BAR with the residual objective: the
 * rows of the paper's table 9.
 *
 * @param row which
 * @param timing of one step, with loading the batch, optimiser and certificate
 * @param time the same as a multiple of the first row's
 * @param batch images of a step
 * @param bytes at the peak, see {@link #COUNTING}
 * @param workBytes those of them that are work space of kernels
 */
public record StepCost(
    Row row, Timing timing, PairedRatio time, int batch, long bytes, long workBytes) {
  /** How the bytes are counted, for the reader of a table. */
  public static final String COUNTING =
      "Peak memory is the greatest sum of tensors in use and of what captured programs hold, as the"
          + " engine's allocator counts them, while the network is built, the first step captured"
          + " and two more replayed, each row alone, and then the work space that kernels have come"
          + " to keep (on the processor arrays of Java's heap). Blocks are rounded up by at most an"
          + " eighth. Not counted: batches on their way, the libraries' own memory, and Java's"
          + " objects.";

  /** How the ratios of times are made, for the reader of a table. */
  public static final String RATIOS =
      "The rows take turns, one after another in each round. A time as a multiple of the first"
          + " row's is the median of the rounds' ratios, with an interval that holds the true one in"
          + " 95 of 100 such measurements: its ends are ratios of rounds by rank, whatever their"
          + " distribution.";

  /** Steps for so long at most come before any that counts. */
  private static final double WARM = 6;

  /**
   * The whole of it may take at most this share of Java's heap, so that all rows stay in memory.
   */
  private static final double SHARE_OF_HEAP = 0.5;

  private static final long DEVICE_BYTES = 12_000_000_000L;

  /** The three rows. */
  public enum Row {
    XAR("xAR", TransformKind.XAR, Objective.Kind.PLAIN),
    BAR("BAR", TransformKind.LEARNED, Objective.Kind.PLAIN),
    RESIDUAL("BAR + residual", TransformKind.LEARNED, Objective.Kind.RESIDUAL);

    private final String title;
    private final TransformKind transform;
    private final Objective.Kind objective;

    Row(String title, TransformKind transform, Objective.Kind objective) {
      this.title = title;
      this.transform = transform;
      this.objective = objective;
    }

    /** What the paper calls it. */
    public String title() {
      return title;
    }

    TransformKind transform() {
      return transform;
    }

    Objective.Kind objective() {
      return objective;
    }
  }

  /** Images trained on per second. */
  public double imagesPerSecond() {
    return batch / timing.median();
  }

  /**
   * Measures all rows on the current device: first each one's memory, alone, then their times in
   * turn. If three networks do not fit, each is built anew for each of its turns.
   *
   * @param seconds that a row should take in a round at least
   * @param rounds of measuring
   */
  public static List<StepCost> table(StepSetting setting, double seconds, int rounds) {
    Device device = Device.current();
    Row[] rows = Row.values();
    StepRun.Peak[] peaks = new StepRun.Peak[rows.length];
    for (int i = 0; i < rows.length; i++) {
      peaks[i] = StepRun.peak(rows[i], setting);
    }
    long limit =
        device == Device.CPU
            ? (long) (SHARE_OF_HEAP * Runtime.getRuntime().maxMemory())
            : DEVICE_BYTES;
    double[][] times =
        Arrays.stream(peaks).mapToLong(StepRun.Peak::bytes).sum() < limit
            ? together(device, setting, seconds, rounds)
            : anew(device, setting, seconds, rounds);
    List<StepCost> table = new ArrayList<>();
    for (int i = 0; i < rows.length; i++) {
      table.add(
          new StepCost(
              rows[i],
              Timing.ofRounds(times[i]),
              PairedRatio.of(times[i], times[0]),
              setting.batch(),
              peaks[i].bytes(),
              peaks[i].work()));
    }
    return table;
  }

  private static double[][] together(
      Device device, StepSetting setting, double seconds, int rounds) {
    try (StepRun plain = new StepRun(Row.XAR, setting);
        StepRun bar = new StepRun(Row.BAR, setting);
        StepRun residual = new StepRun(Row.RESIDUAL, setting)) {
      for (StepRun run : List.of(plain, bar, residual)) {
        run.warm(Math.min(WARM, 60 * seconds));
      }
      return Interleaved.times(
          device, seconds, rounds, List.of(plain::advance, bar::advance, residual::advance));
    }
  }

  private static double[][] anew(Device device, StepSetting setting, double seconds, int rounds) {
    Row[] rows = Row.values();
    double[][] times = new double[rows.length][rounds];
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < rows.length; i++) {
        try (StepRun run = new StepRun(rows[i], setting)) {
          times[i][round] = Interleaved.times(device, seconds, 1, List.of(run::advance))[0][0];
        }
        device.trim();
      }
    }
    return times;
  }

  /**
   * As the cells of a table under {@link #columns}.
   *
   * @param first the row that the others are compared with
   */
  public List<String> cells(StepCost first) {
    return List.of(
        row.title,
        format("%.2f", timing.median() * 1e3),
        format("%.2f", timing.least() * 1e3),
        format("%.2f", timing.most() * 1e3),
        format("%.1f", imagesPerSecond()),
        format("%.1f", bytes / 1e6),
        format("%.1f", workBytes / 1e6),
        format("%.4fx", time.median()),
        format("%.4f", time.low()) + format(" to %.4f", time.high()),
        format("%.4fx", (double) bytes / first.bytes));
  }

  /** The names of the columns. */
  public static List<String> columns() {
    return List.of(
        "training step",
        "median ms",
        "least ms",
        "most ms",
        "img/s",
        "peak MB",
        "work MB",
        "time",
        "95 in 100",
        "memory");
  }

  private static String format(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}

package org.basisar.bar.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.stream.Collectors;
import org.basisar.bar.measure.Ceilings;
import org.basisar.bar.measure.Forecast;
import org.basisar.bar.train.RunConfig;
import org.basisar.bar.train.RunException;
import org.basisar.tensor.Device;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The published configurations by name, and what a run will take before it is begun. */
final class ConfigurationOptions {
  private static final double MEASURING_SECONDS = 0.1;

  @Option(
      names = "--config",
      paramLabel = "NAME",
      description =
          "a published configuration, which other options change: bar-, xar-, mar- or bar-mar-,"
              + " then b, l or h, then 256 or 512, as in bar-b-256")
  private @Nullable String name;

  @Option(
      names = "--forecast",
      description = "say what memory, time and disk the run will take, and stop")
  private boolean only;

  private @Nullable NamedConfiguration chosen;

  /** Whether there is to be no more than a forecast. */
  boolean forecastOnly() {
    return only;
  }

  /** Sets what the configuration decides and the user did not. */
  void apply(TrainOptions options) {
    String wanted = name;
    if (wanted == null) {
      if (options.sampler.firstGuidance == null && options.model == TrainOptions.Backbone.XAR) {
        // With a basis the first cell decides what is seen; without guidance it confuses classes.
        options.sampler.firstGuidance = options.sampler.guidance;
      }
      return;
    }
    chosen =
        NamedConfiguration.of(wanted)
            .orElseThrow(() ->
                options.usage(
                    "--config "
                        + wanted
                        + " is unknown; use one of "
                        + NamedConfiguration.all().stream()
                            .map(NamedConfiguration::name)
                            .collect(Collectors.joining(", "))));
    chosen.apply(options, false);
    if (Device.current() != Device.CPU && !options.typed("--precision")) {
      options.precision = RunConfig.Precision.BF16;
    }
  }

  /** Sets what depends on the number of images. */
  void schedule(TrainOptions options, int images) {
    if (chosen != null) {
      chosen.schedule(options, images);
    }
  }

  /** Refuses latents of pictures of another size than the configuration is for. */
  void requireGrid(TrainOptions options, RunConfig config) {
    int grid = config.tokens().order().side();
    if (chosen == null || !config.image().latents().present() || grid == chosen.grid()) {
      return;
    }
    throw options.usage(
        "--config "
            + chosen.name()
            + " is for "
            + chosen.grid()
            + "×"
            + chosen.grid()
            + " tokens and the latents have "
            + grid
            + "×"
            + grid
            + "; encode the pictures with --size "
            + chosen.pixels()
            + ", or choose another configuration");
  }

  /**
   * Tells what a run will take, if it was asked for or is a large one.
   *
   * @return seconds of one step, or not a number if nothing was told
   * @throws RunException if the device's memory cannot hold it
   */
  double tell(RunConfig config, long stepsToDo, PrintWriter out) {
    if (chosen == null && !only) {
      return Double.NaN;
    }
    Device device = Device.current();
    Forecast forecast = Forecast.of(config);
    out.println("forecast for " + device + " (" + device.describe() + "):");
    RunConfig.Training training = config.training();
    line(out, "parameters", String.format(Locale.ROOT, "%,d", forecast.parameters()));
    line(out, "weights", bytes(forecast.weightBytes()));
    line(out, "optimiser", bytes(forecast.optimizerBytes()) + ", moments and averages");
    if (training.accumulation() > 1) {
      line(out, "accumulation", bytes(forecast.accumulationBytes()) + ", sums of gradients");
    }
    line(
        out,
        "activations",
        bytes(forecast.activationBytes()) + ", for " + training.batch() + " images at a time");
    line(out, "other", bytes(forecast.otherBytes()) + ", batches, tables, blocks kept for reuse");
    long available = device.memoryBytes();
    line(out, "memory", bytes(forecast.totalBytes()) + " of " + bytes(available));
    line(
        out,
        "disk",
        bytes(2 * forecast.checkpointBytes()) + " for two checkpoints, a third while saving");
    out.flush();
    if (forecast.totalBytes() > available) {
      throw new RunException(tooLarge(config, forecast, available));
    }
    Ceilings ceilings = forecast.ceilings(config, MEASURING_SECONDS);
    double seconds = forecast.stepSeconds(ceilings);
    line(
        out,
        "one step",
        String.format(
            Locale.ROOT,
            "%.4g GFLOP for %d × %d images",
            forecast.flops() / 1e9,
            training.accumulation(),
            training.batch()));
    line(
        out,
        "measured now",
        String.format(
            Locale.ROOT,
            "%.4g GFLOP/s in products, %.4g GB/s in copies",
            ceilings.gigaflops(),
            ceilings.gigabytes()));
    line(out, "time per step", time(seconds));
    line(
        out,
        "in all",
        String.format(Locale.ROOT, "%,d steps, ", stepsToDo) + time(stepsToDo * seconds));
    out.flush();
    return seconds;
  }

  private static String tooLarge(RunConfig config, Forecast forecast, long available) {
    String sentence =
        "the run needs "
            + bytes(forecast.totalBytes())
            + " and "
            + Device.current()
            + " has "
            + bytes(available)
            + "; ";
    int batch = config.training().batch();
    // What grows with the batch is nearly all that grows: one rehearsal checks the guess.
    double fixed = forecast.totalBytes() - (double) forecast.activationBytes();
    double share = (available - fixed) / forecast.activationBytes();
    int fitting = Integer.highestOneBit((int) Math.max(0, batch * share));
    while (fitting >= 1 && !fits(config, fitting, available)) {
      fitting /= 2;
    }
    return sentence
        + (fitting >= 1
            ? "use --batch " + fitting + " or less"
            : "even --batch 1 does not fit: use a smaller network")
        + more();
  }

  private static boolean fits(RunConfig config, int batch, long available) {
    int accumulation = config.training().accumulation();
    return Forecast.of(config.withBatch(batch, accumulation)).totalBytes() <= available;
  }

  private static String more() {
    return Device.current() == Device.CPU ? ", or set JAVA_OPTS=-Xmx to more" : "";
  }

  private static void line(PrintWriter out, String what, String value) {
    out.printf(Locale.ROOT, "  %-14s %s%n", what, value);
  }

  private static String bytes(long bytes) {
    return bytes >= 1L << 30
        ? String.format(Locale.ROOT, "%.2f GiB", bytes / (double) (1L << 30))
        : String.format(Locale.ROOT, "%.1f MiB", bytes / (double) (1L << 20));
  }

  /** Seconds in the unit that suits them. */
  static String time(double seconds) {
    if (seconds < 1) {
      return String.format(Locale.ROOT, "%.3g ms", 1000 * seconds);
    }
    if (seconds < 120) {
      return String.format(Locale.ROOT, "%.3g s", seconds);
    }
    if (seconds < 7200) {
      return String.format(Locale.ROOT, "%.1f min", seconds / 60);
    }
    return seconds < 200 * 3600
        ? String.format(Locale.ROOT, "%.1f h", seconds / 3600)
        : String.format(Locale.ROOT, "%,.0f h (%,.0f days)", seconds / 3600, seconds / 86400);
  }
}

package org.basisar.bar.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.basisar.bar.data.ImageData;
import org.basisar.bar.data.ImageSources;
import org.basisar.bar.measure.Ceilings;
import org.basisar.bar.measure.Measurement;
import org.basisar.bar.measure.OperationTable;
import org.basisar.bar.measure.StepCost;
import org.basisar.bar.train.RunConfig;
import org.basisar.bar.xar.XarConfig;
import org.basisar.tensor.DType;
import org.basisar.tensor.Device;
import org.basisar.tensor.cpu.Workers;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bar bench}. */
@Command(
    name = "bench",
    description =
        "Measures what this device can do at most, the operations of a training step, and whole"
            + " steps of xAR, BAR, and BAR with the residual objective (the paper's table 9).",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class BenchCommand implements Callable<Integer> {
  /** The models that can be measured. */
  enum Model {
    /** The defaults of {@code bar demo}. */
    DEMO,
    B,
    L,
    H
  }

  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  @Option(
      names = "--model",
      description =
          "demo (16x16 pixels), or the paper's B, L, H on 256 tokens of 16 numbers (default:"
              + " ${DEFAULT-VALUE})")
  private Model model = Model.DEMO;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "images of a step (default: ${DEFAULT-VALUE})")
  private int batch = 64;

  @Option(
      names = "--precision",
      description =
          "of products and attention: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
  private RunConfig.Precision precision = RunConfig.Precision.FP32;

  @Option(
      names = "--seconds",
      paramLabel = "X",
      description =
          "length of a round of measuring, of which there are 5 (default: ${DEFAULT-VALUE})")
  private double seconds = 0.3;

  @Option(names = "--table9", description = "only the paper's table 9")
  private boolean onlyTable9;

  @Mixin private final EngineOptions engine = new EngineOptions();

  @Override
  public Integer call() {
    engine.apply();
    if (batch < 1 || batch > 1 << 16) {
      throw new ParameterException(spec.commandLine(), "--batch must be 1 to 65536, is " + batch);
    }
    if (!(seconds > 0 && seconds <= 60)) {
      throw new ParameterException(
          spec.commandLine(), "--seconds must be above 0 and at most 60, is " + seconds);
    }
    PrintWriter out = spec.commandLine().getOut();
    Device device = Device.current();
    out.printf(
        Locale.ROOT,
        "%s: %s; Java %s, %d threads; median, least and most of 5 rounds of %.2g s%n",
        device,
        device.describe(),
        Runtime.version(),
        Workers.threads(),
        seconds);
    XarConfig network = network();
    if (!onlyTable9) {
      operations(out, network);
    }
    table9(out, network);
    return 0;
  }

  private XarConfig network() {
    return switch (model) {
      case DEMO -> new XarConfig(8, 2, 12, 128, 4, 2, XarConfig.publishedMlpWidth(128), 12, 0);
      case B -> XarConfig.base();
      case L -> XarConfig.large();
      case H -> XarConfig.huge();
    };
  }

  private void operations(PrintWriter out, XarConfig network) {
    boolean large = model != Model.DEMO && Device.current() != Device.CPU;
    DType products = precision.products();
    Ceilings ceilings =
        Ceilings.measure(products, large ? 8192 : 1024, large ? 1 << 28 : 1 << 24, seconds);
    out.printf(
        Locale.ROOT,
        "ceilings seen: %.1f GFLOP/s (%s product), %.1f GB/s (copy)%n%n%s%n",
        ceilings.gigaflops(),
        products.name().toLowerCase(Locale.ROOT),
        ceilings.gigabytes(),
        Measurement.heading());
    OperationTable table =
        new OperationTable(
            products,
            seconds,
            measured -> {
              out.println(measured.line(ceilings));
              out.flush();
            });
    table.measure(
        batch,
        network.order().tokens(),
        network.tokenDimension(),
        network.width(),
        network.heads());
    out.println();
  }

  private void table9(PrintWriter out, XarConfig network) {
    // Tokens of the paper's models come from a tokenizer; grey pictures of 4 x 4 patches have as
    // many
    // numbers, which is all that time and memory depend on.
    boolean latent = model != Model.DEMO;
    ImageData data = ImageSources.open("embedded", latent ? 64 : 16, 1);
    XarConfig fitted =
        new XarConfig(
            network.gridSide(),
            network.cellsPerSide(),
            latent ? 48 : 12,
            network.width(),
            network.heads(),
            network.layers(),
            network.mlpWidth(),
            data.classNames().size(),
            network.dropout());
    out.printf(
        Locale.ROOT,
        "%-16s %10s %10s %10s %10s %10s %8s %8s%n",
        "training step",
        "median ms",
        "least ms",
        "most ms",
        "img/s",
        "MB held",
        "time",
        "memory");
    StepCost first = null;
    for (StepCost.Row row : StepCost.rows()) {
      StepCost cost =
          StepCost.measure(row, fitted, data, latent ? 4 : 2, batch, precision, seconds);
      first = first == null ? cost : first;
      out.printf(
          Locale.ROOT,
          "%-16s %10.2f %10.2f %10.2f %10.1f %10.1f %7.3fx %7.3fx%n",
          cost.name(),
          cost.timing().median() * 1e3,
          cost.timing().least() * 1e3,
          cost.timing().most() * 1e3,
          cost.imagesPerSecond(),
          cost.bytes() / 1e6,
          cost.timing().median() / first.timing().median(),
          (double) cost.bytes() / first.bytes());
      out.flush();
    }
  }
}

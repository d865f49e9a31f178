package org.basisar.bar.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.basisar.bar.measure.BenchPage;
import org.basisar.bar.measure.Ceilings;
import org.basisar.bar.measure.GrowthCurve;
import org.basisar.bar.measure.LaunchProfile;
import org.basisar.bar.measure.Measurement;
import org.basisar.bar.measure.OperationTable;
import org.basisar.bar.measure.RowDifference;
import org.basisar.bar.measure.Scaling;
import org.basisar.bar.measure.StepCost;
import org.basisar.bar.measure.StepProfile;
import org.basisar.bar.measure.StepSetting;
import org.basisar.bar.measure.ThreadCeilings;
import org.basisar.bar.report.HtmlDocument;
import org.basisar.bar.train.RunConfig;
import org.basisar.bar.xar.XarConfig;
import org.basisar.nn.io.AtomicFile;
import org.basisar.tensor.DType;
import org.basisar.tensor.Device;
import org.basisar.tensor.cpu.Workers;
import org.jspecify.annotations.Nullable;
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
        "Measures what this device can do at most, the operations of a training step, whole steps"
            + " of xAR, BAR, and BAR with the residual objective (the paper's table 9), where the"
            + " time of a step goes, and how costs grow; prints tables and writes a page with"
            + " rooflines.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class BenchCommand implements Callable<Integer> {
  private static final int ROUNDS = 5;

  /** Of a step's time, for a launch to be printed. */
  private static final double LEAST_SHARE = 0.001;

  /** The models that can be measured. */
  enum Model {
    /** A network of two blocks of width 32, on 64 tokens of 12 numbers. */
    TINY,
    /** The defaults of {@code bar demo}. */
    DEMO,
    B,
    L,
    H;

    XarConfig network() {
      return switch (this) {
        case TINY -> demo(32, 2, 1);
        case DEMO -> demo(128, 4, 2);
        case B -> XarConfig.base();
        case L -> XarConfig.large();
        case H -> XarConfig.huge();
      };
    }

    private static XarConfig demo(int width, int heads, int layers) {
      int mlp = XarConfig.publishedMlpWidth(width);
      return new XarConfig(8, 2, 12, width, heads, layers, mlp, 12, 0);
    }
  }

  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  @Option(
      names = "--model",
      description =
          "tiny, demo (64 tokens of 12 numbers each), or the paper's B, L, H on 256 tokens of 16"
              + " numbers (default: ${DEFAULT-VALUE})")
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
      description = "length of a round of measuring, of which there are 5 (default: 0.3)")
  private @Nullable Double seconds;

  @Option(
      names = "--quick",
      description = "rounds of 0.05 seconds, and smaller and fewer extents with --scaling")
  private boolean quick;

  @Option(
      names = "--table9",
      description =
          "only the paper's table 9: time and peak memory of xAR, BAR, and BAR with the residual"
              + " objective")
  private boolean onlyTable9;

  @Option(
      names = "--parts",
      description =
          "only what the rows of table 9 launch beyond each other, and the ratios of their times"
              + " from that: finer than --table9; --rounds is the number of steps of each half")
  private boolean onlyParts;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description =
          "turns of each row of table 9; differences of one in a hundred need more than the default"
              + " of ${DEFAULT-VALUE}")
  private int rounds = ROUNDS;

  @Option(
      names = "--scaling",
      description =
          "only how time and memory grow with tokens, batch, width and threads, beside the"
              + " expected laws")
  private boolean onlyScaling;

  @Option(
      names = "--profile",
      description =
          "only where the time of a step of BAR with the residual objective goes, launch by launch")
  private boolean onlyProfile;

  @Option(
      names = "--out",
      paramLabel = "FILE.html",
      description = "also write a page with rooflines and curves, one file with everything in it")
  private @Nullable Path out;

  @Mixin private final EngineOptions engine = new EngineOptions();

  @Override
  public Integer call() throws IOException {
    engine.apply();
    check();
    PrintWriter print = spec.commandLine().getOut();
    Device device = Device.current();
    String conditions =
        String.format(
            Locale.ROOT,
            "%s: %s; Java %s, %d threads; median, least and most of %d rounds of %.2g s.",
            device,
            device.describe(),
            Runtime.version(),
            Workers.threads(),
            ROUNDS,
            length());
    say(print, conditions);
    BenchPage page = new BenchPage(conditions);
    boolean all = !onlyTable9 && !onlyScaling && !onlyProfile && !onlyParts;
    if (all || onlyScaling || onlyProfile) {
      List<ThreadCeilings> ceilings = ceilings(print);
      page.ceilings(ceilings);
      if (all) {
        operations(print, page, ceilings);
      }
      if (onlyScaling) {
        scaling(print, page, ceilings);
      }
      if (onlyProfile) {
        profile(print, page, ceilings.getLast().ceilings());
      }
    }
    if (all || onlyTable9) {
      table9(print, page);
    }
    if (onlyParts) {
      parts(print, page);
    }
    if (out != null) {
      AtomicFile.replace(out, HtmlDocument.render(page.document()));
      say(print, "written: " + out);
    }
    return 0;
  }

  private void check() {
    if (batch < 1 || batch > 1 << 16) {
      throw new ParameterException(spec.commandLine(), "--batch must be 1 to 65536, is " + batch);
    }
    if (rounds < 1 || rounds > 10_000) {
      throw new ParameterException(spec.commandLine(), "--rounds must be 1 to 10000, is " + rounds);
    }
    if (!(length() > 0 && length() <= 60)) {
      throw new ParameterException(
          spec.commandLine(), "--seconds must be above 0 and at most 60, is " + length());
    }
    if (out != null && Files.isDirectory(out)) {
      throw new ParameterException(
          spec.commandLine(), "--out " + out + " is a folder; name a file");
    }
  }

  private double length() {
    return seconds != null ? seconds : quick ? 0.05 : 0.3;
  }

  private static void say(PrintWriter print, String words) {
    print.println(words);
    print.flush();
  }

  private List<ThreadCeilings> ceilings(PrintWriter print) {
    boolean large = Device.current() != Device.CPU && model.network().width() > 128;
    boolean slow = Device.current().name().equals("sim");
    DType products = precision.products();
    List<ThreadCeilings> rows =
        ThreadCeilings.measure(
            products,
            slow ? 64 : large ? 8192 : 1024,
            slow ? 1 << 12 : large ? 1 << 28 : 1 << 24,
            length());
    Ceilings best = rows.getLast().ceilings();
    say(
        print,
        String.format(
            Locale.ROOT,
            "ceilings seen: %.1f GFLOP/s (%s product), %.1f GB/s (the better of copy and triad)%n",
            best.gigaflops(),
            products.name().toLowerCase(Locale.ROOT),
            best.gigabytes()));
    say(print, ThreadCeilings.heading());
    rows.forEach(row -> say(print, row.line()));
    say(print, "");
    return rows;
  }

  private void operations(PrintWriter print, BenchPage page, List<ThreadCeilings> rows) {
    Ceilings ceilings = rows.getLast().ceilings();
    List<Measurement> all = new ArrayList<>();
    say(print, Measurement.heading());
    OperationTable table =
        new OperationTable(
            precision.products(),
            length(),
            measured -> {
              all.add(measured);
              say(print, measured.line(ceilings));
            });
    XarConfig network = model.network();
    table.measure(
        batch,
        network.order().tokens(),
        network.tokenDimension(),
        network.width(),
        network.heads());
    page.operations(rows, all);
    say(print, "");
  }

  private StepSetting setting() {
    return new StepSetting(model.network(), batch, precision);
  }

  /** The network and the batch, in words. */
  private String subject() {
    XarConfig network = model.network();
    return String.format(
        Locale.ROOT,
        "%s: %d parameters, %d tokens of %d numbers, batch %d, %s; optimiser, averaged weights and"
            + " certificate included; ",
        model.name().toLowerCase(Locale.ROOT),
        network.parameterCount(),
        network.order().tokens(),
        network.tokenDimension(),
        batch,
        precision.name().toLowerCase(Locale.ROOT));
  }

  private void parts(PrintWriter print, BenchPage page) {
    say(print, subject() + "two halves of " + rounds + " steps of each row.");
    List<RowDifference> differences = new ArrayList<>();
    for (StepCost.Row base : List.of(StepCost.Row.XAR, StepCost.Row.BAR)) {
      differences.addAll(
          RowDifference.of(setting(), base, StepCost.Row.RESIDUAL, 15 * length(), rounds));
    }
    differences.forEach(difference -> say(print, difference.text()));
    say(print, RowDifference.METHOD);
    page.parts(differences);
  }

  private void profile(PrintWriter print, BenchPage page, Ceilings ceilings) {
    StepProfile profile = StepProfile.of(setting(), length());
    String what = subject() + profile.summary();
    say(print, what);
    String line = "%-26s %6s %9s %8s %9s %8s %8s   %s";
    say(print, String.format(line, StepProfile.columns().toArray()));
    for (LaunchProfile.Line one : profile.lines()) {
      if (profile.share(one) >= LEAST_SHARE) {
        say(print, String.format(line, profile.cells(one, ceilings).toArray()));
      }
    }
    say(
        print,
        "Lines below a thousandth of the time are left out here, not on the page of --out.\n");
    page.profile(what, profile, ceilings);
  }

  private void table9(PrintWriter print, BenchPage page) {
    List<StepCost> costs = StepCost.table(setting(), length(), rounds);
    String what = subject() + rounds + " turns each.";
    say(print, what);
    String line = "%-16s %10s %9s %9s %8s %9s %9s %9s %18s %9s";
    say(print, String.format(line, StepCost.columns().toArray()));
    for (StepCost cost : costs) {
      say(print, String.format(line, cost.cells(costs.getFirst()).toArray()));
    }
    say(print, StepCost.RATIOS);
    say(print, StepCost.COUNTING);
    page.table9(what, costs);
  }

  private void scaling(PrintWriter print, BenchPage page, List<ThreadCeilings> ceilings) {
    List<GrowthCurve> curves = new ArrayList<>();
    String line = "%-32s %-10s %-4s %9s %8s %9s %11s";
    say(
        print,
        String.format(
            line, "exponents of", "over", "unit", "expected", "fitted", "last two", "at the roof"));
    new Scaling(
            ceilings,
            length() / 3,
            quick,
            curve -> {
              curves.add(curve);
              say(print, String.format(line, BenchPage.cells(curve).toArray()));
              for (GrowthCurve.Point point : curve.points()) {
                say(
                    print,
                    String.format(
                        Locale.ROOT,
                        "    %s %.0f: %.4g %s (%.4g to %.4g)",
                        curve.axis(),
                        point.at(),
                        point.cost(),
                        curve.unit(),
                        point.least(),
                        point.most()));
              }
            })
        .measure();
    page.growth(curves);
  }
}

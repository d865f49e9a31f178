package org.basisar.bar.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.basisar.bar.report.HtmlDocument;
import org.basisar.bar.train.RunConfig;
import org.basisar.bar.xar.XarConfig;
import org.basisar.tensor.DType;
import org.basisar.tensor.Device;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;
import org.basisar.tensor.cpu.Workers;
import org.junit.jupiter.api.Test;

/** What the laboratory computes while it measures, and what it counts; nothing about speed. */
final class LaboratoryTest {
  private static final XarConfig TINY = new XarConfig(4, 2, 12, 16, 2, 1, 42, 3, 0);

  private static StepSetting setting(int batch) {
    return new StepSetting(TINY, batch, RunConfig.Precision.FP32);
  }

  @Test
  void theCeilingsComputeWhatTheySay() {
    FmaPeak peak = new FmaPeak();
    Workers.run(peak);
    // Each chain is x ↦ x/2 + 1/2, whose fixed point is 1.
    assertThat(peak.result()).isEqualTo(1f);
    Triad triad = new Triad(100_000);
    Workers.run(triad);
    assertThat(triad.result(0)).isEqualTo(7f);
    assertThat(triad.result(99_999)).isEqualTo(7f);
    assertThat(triad.bytes()).isGreaterThanOrEqualTo(1_200_000);
  }

  @Test
  void thereIsARowOfCeilingsForEveryNumberOfThreads() {
    int before = Workers.threads();
    Workers.configure(3);
    try {
      List<ThreadCeilings> rows = ThreadCeilings.measure(DType.F32, 16, 1 << 10, 1e-4);
      assertThat(rows).extracting(ThreadCeilings::threads).containsExactly(1, 2, 3);
      assertThat(rows).allMatch(row -> row.product() > 0 && row.copy() > 0 && row.triad() > 0);
      assertThat(Workers.threads()).isEqualTo(3);
    } finally {
      Workers.configure(before);
    }
  }

  @Test
  void everyOperationIsAPointOfThePage() {
    List<ThreadCeilings> rows = ThreadCeilings.measure(DType.F32, 16, 1 << 10, 1e-4);
    List<Measurement> measured = new ArrayList<>();
    new OperationTable(DType.F32, 1e-4, measured::add).measure(2, 16, 3, 16, 2);
    BenchPage page = new BenchPage("a machine");
    page.ceilings(rows);
    page.operations(rows, measured);
    String html = HtmlDocument.render(page.document());
    Matcher marks = Pattern.compile("<g class=\"mark\"><title>([^<]*)</title>").matcher(html);
    Set<String> drawn = marks.results().map(mark -> mark.group(1)).collect(Collectors.toSet());
    assertThat(measured).hasSizeGreaterThan(10);
    assertThat(drawn)
        .isEqualTo(measured.stream().map(Measurement::name).collect(Collectors.toSet()));
    assertThat(html).contains("basis transform", "residual loss gradient", "attention by cells");
  }

  @Test
  void theContestantsTakeTurns() {
    StringBuilder order = new StringBuilder();
    double[][] times =
        Interleaved.times(
            Device.CPU, 1e-9, 3, List.of(() -> order.append('a'), () -> order.append('b')));
    assertThat(order.toString()).endsWith("abbaabba");
    assertThat(times).hasDimensions(2, 3);
  }

  @Test
  void aPairedRatioIsTheMedianOfTheRoundsRatios() {
    double[] base = new double[21];
    double[] times = new double[21];
    for (int i = 0; i < 21; i++) {
      base[i] = 1 + i % 5; // a machine whose speed changes by five times
      times[i] = base[i] * (1 + 0.01 * ((8 * i) % 21 - 10)); // ratios 0.90 to 1.10, shuffled
    }
    PairedRatio ratio = PairedRatio.of(times, base);
    assertThat(ratio.median()).isCloseTo(1, within(1e-12));
    // Of 21 ratios the 6th and the 16th: fewer than 6 lie below the median in 1.3 % of cases.
    assertThat(ratio.low()).isCloseTo(0.95, within(1e-12));
    assertThat(ratio.high()).isCloseTo(1.05, within(1e-12));
    PairedRatio few = PairedRatio.of(new double[] {3, 1}, new double[] {1, 1});
    assertThat(few).isEqualTo(new PairedRatio(2, 1, 3));
  }

  @Test
  void table9HasThreeRowsAndTheResidualCostsNoMemory() {
    List<StepCost> table = StepCost.table(setting(2), 1e-4, 2);
    assertThat(table).extracting(StepCost::row).containsExactly(StepCost.Row.values());
    long plain = table.getFirst().bytes();
    assertThat(plain).isGreaterThan(16 * TINY.parameterCount());
    // The residual loss keeps no A·x, and its work space is nobody's own.
    assertThat(table.get(2).bytes()).isLessThan(table.get(1).bytes());
    for (StepCost cost : table) {
      assertThat(cost.bytes()).isBetween(plain, plain + plain / 4);
      assertThat(cost.workBytes()).isBetween(1L, cost.bytes());
      assertThat(cost.time().low()).isLessThanOrEqualTo(cost.time().median());
      assertThat(cost.time().high()).isGreaterThanOrEqualTo(cost.time().median());
      assertThat(cost.cells(table.getFirst())).hasSameSizeAs(StepCost.columns());
    }
    assertThat(table.getFirst().cells(table.getFirst())).contains("1.0000x", "1.0000 to 1.0000");
  }

  @Test
  void theRowsDifferByTheirObjectivesAlone() {
    List<RowDifference> halves =
        RowDifference.of(setting(2), StepCost.Row.BAR, StepCost.Row.RESIDUAL, 0, 2);
    assertThat(halves).hasSize(2);
    RowDifference difference = halves.getFirst();
    assertThat(difference.onlyOther())
        .extracting(LaunchProfile.Line::operation)
        .contains("residualLoss", "residualLossGradient")
        .doesNotContain("matmul", "linear", "attention");
    assertThat(difference.onlyBase())
        .extracting(LaunchProfile.Line::operation)
        .contains("reduceAllMean", "squareGradient")
        .doesNotContain("matmul", "linear", "attention");
    assertThat(difference.ratio()).isPositive();
    assertThat(difference.text()).startsWith("BAR + residual has ").contains("1 residualLoss ");
  }

  @Test
  void ofLaunchesThatBothHaveTheSurplusCounts() {
    LaunchProfile.Line three = new LaunchProfile.Line("add", "[2]", 3, 6, 0, 0);
    LaunchProfile.Line two = new LaunchProfile.Line("add", "[2]", 2, 5, 0, 0);
    LaunchProfile.Line other = new LaunchProfile.Line("add", "[3]", 1, 4, 0, 0);
    RowDifference difference =
        RowDifference.between(
            StepCost.Row.BAR, StepCost.Row.RESIDUAL, List.of(three, other), List.of(two));
    assertThat(difference.onlyBase())
        .extracting(LaunchProfile.Line::seconds)
        .containsExactly(2.0, 4.0);
    assertThat(difference.onlyOther()).isEmpty();
    assertThat(difference.step()).isEqualTo(10);
    assertThat(difference.ratio()).isCloseTo(0.4, within(1e-12));
  }

  @Test
  void thePeakIsTheSameEveryTimeAndGrowsWithTheBatch() {
    StepRun.Peak one = StepRun.peak(StepCost.Row.BAR, setting(1));
    assertThat(StepRun.peak(StepCost.Row.BAR, setting(1))).isEqualTo(one);
    StepRun.Peak eight = StepRun.peak(StepCost.Row.BAR, setting(8));
    assertThat(eight.tensors()).isGreaterThan(one.tensors());
    assertThat(eight.work()).isGreaterThanOrEqualTo(one.work());
  }

  @Test
  void thePeakSeesWhatWasGivenBack() {
    Device device = Device.CPU;
    long before = device.heldBytes();
    device.watchPeak();
    try (Scope _ = Scope.open();
        Tensor first = Tensor.zeros(DType.F32, 1024)) {
      assertThat(device.heldBytes()).isEqualTo(before + 4L * first.size());
    }
    Tensor.zeros(DType.F32, 512).close();
    assertThat(device.peakHeldBytes()).isEqualTo(before + 4096);
    assertThat(device.heldBytes()).isEqualTo(before);
  }

  @Test
  void picturesFitTheNetworkAndStayInRange() {
    NoisePictures pictures = setting(1).pictures();
    assertThat(pictures.side()).isEqualTo(8);
    assertThat(pictures.channels()).isEqualTo(3);
    assertThat(pictures.classNames()).hasSize(3);
    float[] values = new float[192];
    float[] again = new float[192];
    pictures.read(5, false, values, 0);
    pictures.read(5, false, again, 0);
    assertThat(again).isEqualTo(values);
    for (float value : values) {
      assertThat(value).isBetween(-1f, 1f);
    }
    assertThat(Arrays.stream(new int[] {0, 1, 2, 3}).map(pictures::label).toArray())
        .isEqualTo(new int[] {0, 1, 2, 0});
    XarConfig odd = new XarConfig(4, 2, 5, 16, 2, 1, 42, 3, 0);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new StepSetting(odd, 1, RunConfig.Precision.FP32).pictures());
  }
}

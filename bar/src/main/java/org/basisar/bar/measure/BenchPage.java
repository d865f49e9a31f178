package org.basisar.bar.measure;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import org.basisar.bar.picture.LogPlot;
import org.basisar.bar.picture.Series;
import org.basisar.bar.report.Document;

/** What {@code bar bench} has measured, as a page with rooflines and curves of growth. */
public final class BenchPage {
  private static final Series.Role[] ROOFS = {
    Series.Role.SECOND, Series.Role.THIRD, Series.Role.FOURTH, Series.Role.FIFTH, Series.Role.SIXTH
  };

  private final String introduction;
  private final List<Document.Section> sections = new ArrayList<>();

  /**
   * A page.
   *
   * @param introduction device, versions, threads and how long was measured
   */
  public BenchPage(String introduction) {
    this.introduction = introduction;
  }

  /** The page so far. */
  public Document document() {
    return new Document("What this machine makes of the hot paths", introduction, sections);
  }

  /** The ceilings. */
  public void ceilings(List<ThreadCeilings> rows) {
    List<List<String>> cells = new ArrayList<>();
    for (ThreadCeilings row : rows) {
      cells.add(
          List.of(
              Integer.toString(row.threads()),
              format("%.1f", row.product()),
              row.multiplyAddText(),
              format("%.1f", row.copy()),
              format("%.1f", row.triad())));
    }
    sections.add(
        new Document.Section(
            "Ceilings",
            List.of(
                new Document.Text(
                    "The most that was seen in this run, the best of five rounds: a large square"
                        + " matrix product of the engine, multiply-adds that stay in registers, a"
                        + " large copy, and a = b + s·c. Everything below is held against these.",
                    false),
                new Document.Table(
                    "by number of threads",
                    List.of(
                        "threads",
                        "product GFLOP/s",
                        "multiply-add GFLOP/s",
                        "copy GB/s",
                        "triad GB/s"),
                    cells))));
  }

  /** The operations under the roofs. */
  public void operations(List<ThreadCeilings> rows, List<Measurement> measured) {
    Ceilings ceilings = rows.getLast().ceilings();
    List<LogPlot.Mark> marks = new ArrayList<>();
    List<List<String>> cells = new ArrayList<>();
    for (int i = 0; i < measured.size(); i++) {
      Measurement one = measured.get(i);
      String number = Integer.toString(i + 1);
      marks.add(new LogPlot.Mark(number, one.name(), one.intensity(), one.gigaflops()));
      cells.add(
          List.of(
              number + "  " + one.name(),
              one.shape(),
              format("%.1f", one.timing().median() * 1e6),
              format("%.1f", one.timing().least() * 1e6),
              format("%.1f", one.timing().most() * 1e6),
              format("%.2f", one.intensity()),
              format("%.1f", one.gigaflops()),
              format("%.1f", one.gigabytes()),
              format("%.0f %%", 100 * one.shareOf(ceilings))));
    }
    sections.add(
        new Document.Section(
            "Operations under the roofline",
            List.of(
                new Document.Plot(
                    "roofline",
                    new LogPlot(
                        "Roofline", "operations per byte", "GFLOP/s", roofs(rows, measured), marks),
                    "Each number is an operation of the table below. Under the sloping part of a"
                        + " roof an operation waits for memory, under the flat part for arithmetic."
                        + " Bytes are those that have to be moved if every operand is touched once;"
                        + " an operation whose operands still lie in a cache from the call before"
                        + " can stand above the slope."),
                new Document.Table(
                    "Every operation is replayed from a captured program; median, least and most of"
                        + " five rounds, warm caches",
                    List.of(
                        "operation",
                        "shape",
                        "median µs",
                        "least µs",
                        "most µs",
                        "FLOP/byte",
                        "GFLOP/s",
                        "GB/s",
                        "of roof"),
                    cells))));
  }

  private static List<Series> roofs(List<ThreadCeilings> rows, List<Measurement> measured) {
    double low = measured.stream().mapToDouble(Measurement::intensity).min().orElse(1) / 2;
    double high = measured.stream().mapToDouble(Measurement::intensity).max().orElse(1) * 2;
    List<Series> lines = new ArrayList<>();
    ThreadCeilings last = rows.getLast();
    if (Double.isFinite(last.multiplyAdd())) {
      lines.add(
          new Series(
              format("multiply-adds in registers, %.0f threads", last.threads()),
              Series.Role.FAINT,
              new double[] {low, high},
              new double[] {last.multiplyAdd(), last.multiplyAdd()}));
    }
    for (int i = rows.size() - 1; i >= 0; i--) {
      ThreadCeilings row = rows.get(i);
      Ceilings ceilings = row.ceilings();
      double ridge = ceilings.gigaflops() / ceilings.gigabytes();
      double[] at = DoubleStream.of(low, ridge, high).filter(x -> x >= low && x <= high).toArray();
      double[] roof =
          DoubleStream.of(at)
              .map(x -> Math.min(x * ceilings.gigabytes(), ceilings.gigaflops()))
              .toArray();
      lines.add(
          new Series(
              format("roof of %.0f", row.threads())
                  + (row.threads() == 1 ? " thread: " : " threads: ")
                  + format("%.0f GFLOP/s", ceilings.gigaflops())
                  + format(", %.1f GB/s", ceilings.gigabytes()),
              ROOFS[(rows.size() - 1 - i) % ROOFS.length],
              at,
              roof));
    }
    return lines;
  }

  /** Where the time of a step goes. */
  public void profile(String what, StepProfile profile, Ceilings ceilings) {
    sections.add(
        new Document.Section(
            "Where the time of a step goes",
            List.of(
                new Document.Text(what, false),
                new Document.Table(
                    "launches of one operation on operands of one shape together; operands as the"
                        + " step leaves them in the caches",
                    StepProfile.columns(),
                    profile.lines().stream()
                        .map(line -> profile.cells(line, ceilings))
                        .toList()))));
  }

  /** The paper's table 9. */
  public void table9(String network, List<StepCost> costs) {
    sections.add(
        new Document.Section(
            "Training step: the paper's table 9",
            List.of(
                new Document.Text(network, false),
                new Document.Table(
                    "time of a step in turn with the others, and peak memory",
                    StepCost.columns(),
                    costs.stream().map(cost -> cost.cells(costs.getFirst())).toList()),
                new Document.Text(StepCost.RATIOS, false),
                new Document.Text(StepCost.COUNTING, false),
                new Document.Text(
                    "The paper reports 1.00, 1.00 and 1.01 of the time and 1.00, 1.00 and 1.03 of"
                        + " the memory on an A100.",
                    false))));
  }

  /** What the rows of table 9 launch beyond each other. */
  public void parts(List<RowDifference> differences) {
    List<Document.Block> blocks = new ArrayList<>();
    differences.forEach(difference -> blocks.add(new Document.Text(difference.text(), false)));
    blocks.add(new Document.Text(RowDifference.METHOD, false));
    sections.add(new Document.Section("Training step: table 9 by parts", blocks));
  }

  /** How costs grow. */
  public void growth(List<GrowthCurve> curves) {
    List<Document.Block> blocks = new ArrayList<>();
    int number = 0;
    List<List<String>> cells = new ArrayList<>();
    for (GrowthCurve curve : curves) {
      blocks.add(
          new Document.Plot(
              "growth-" + ++number,
              plot(curve),
              "Expected: "
                  + curve.law()
                  + format(". Measured: exponent %.2f", curve.fitted())
                  + format(" over all points, %.2f between the last two.", curve.last())));
      cells.add(cells(curve));
    }
    blocks.add(
        new Document.Table(
            "exponents: expected, fitted to all points, between the last two, and of the time at"
                + " the ceilings",
            List.of("what", "over", "unit", "expected", "fitted", "last two", "at the roof"),
            cells));
    sections.add(new Document.Section("Growth", blocks));
  }

  /** As the cells of the table of exponents. */
  public static List<String> cells(GrowthCurve curve) {
    return List.of(
        curve.name(),
        curve.axis(),
        curve.unit(),
        format("%.2f", curve.exponent()),
        format("%.2f", curve.fitted()),
        format("%.2f", curve.last()),
        Double.isNaN(curve.fittedRoof()) ? "-" : format("%.2f", curve.fittedRoof()));
  }

  private static LogPlot plot(GrowthCurve curve) {
    List<GrowthCurve.Point> points = curve.points();
    double[] at = points.stream().mapToDouble(GrowthCurve.Point::at).toArray();
    List<Series> lines = new ArrayList<>();
    lines.add(
        new Series(
            "expected: " + curve.law().replaceAll("[:,].*", ""),
            Series.Role.SECOND,
            at,
            DoubleStream.of(at).map(curve::expected).toArray()));
    if (!Double.isNaN(curve.fittedRoof())) {
      lines.add(
          new Series(
              "at the ceilings",
              Series.Role.THIRD,
              at,
              points.stream().mapToDouble(GrowthCurve.Point::roof).toArray()));
    }
    lines.add(
        new Series(
            "measured",
            Series.Role.MAIN,
            at,
            points.stream().mapToDouble(GrowthCurve.Point::cost).toArray()));
    List<LogPlot.Mark> marks =
        points.stream()
            .map(point ->
                new LogPlot.Mark(
                    format("%.3g", point.cost()),
                    curve.axis() + format(" %.0f", point.at()),
                    point.at(),
                    point.cost()))
            .toList();
    return new LogPlot(
        curve.name() + " over " + curve.axis(), curve.axis(), curve.unit(), lines, marks);
  }

  private static String format(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}

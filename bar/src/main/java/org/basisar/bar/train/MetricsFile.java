package org.basisar.bar.train;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.basisar.nn.io.AtomicFile;
import org.basisar.nn.io.IoReason;

/** The table of a run's measurements, one line per logged step, {@code metrics.csv}. */
public final class MetricsFile {
  private static final String HEADER =
      "step,loss,objective,regulariser,orthogonality,minSingular,maxSingular,learningRate,"
          + "gradientNorm,imagesPerSecond,projections,projectionsSkipped,validation";

  /** What the last column was before runs were validated. */
  private static final String OLD_END = ",projectionsSkipped";

  private final Path file;

  /**
   * Opens the table of a run, dropping lines after {@code step}: a resumed run writes them anew.
   *
   * @param step steps done
   */
  public MetricsFile(Path runFolder, long step) {
    file = runFolder.resolve("metrics.csv");
    List<String> lines = new ArrayList<>();
    lines.add(HEADER);
    try {
      if (Files.exists(file)) {
        List<String> before = Files.readAllLines(file, StandardCharsets.UTF_8);
        boolean old = !before.isEmpty() && before.getFirst().endsWith(OLD_END);
        for (String written : before) {
          String line = old ? written + "," : written;
          if (stepOf(line) >= 1 && stepOf(line) <= step) {
            lines.add(line);
          }
        }
      }
      AtomicFile.replace(file, String.join("\n", lines) + "\n");
    } catch (IOException e) {
      throw new RunException("cannot write " + file + ": " + IoReason.of(e), e);
    }
  }

  private static long stepOf(String line) {
    int comma = line.indexOf(',');
    String text = comma < 0 ? "" : line.substring(0, comma);
    // A line that a kill cut short has fewer columns than the header.
    boolean whole =
        line.chars().filter(c -> c == ',').count() == HEADER.chars().filter(c -> c == ',').count();
    return whole && text.matches("[0-9]{1,18}") ? Long.parseLong(text) : -1;
  }

  /**
   * Appends one line.
   *
   * @param loss what is minimised
   * @param validation see {@link Validation}; not a number if it was not measured at this step
   */
  public void append(
      StepReport report,
      double loss,
      double minSingular,
      double maxSingular,
      double imagesPerSecond,
      long projections,
      long projectionsSkipped,
      double validation) {
    write(
        report,
        loss,
        figures(
            report.objective(),
            report.regularizer(),
            report.orthogonality(),
            minSingular,
            maxSingular),
        imagesPerSecond,
        projections + "," + projectionsSkipped,
        validation);
  }

  /** Appends one line of a run without a basis, whose columns stay empty. */
  public void append(StepReport report, double imagesPerSecond, double validation) {
    write(report, report.objective(), ",,,,", imagesPerSecond, ",", validation);
  }

  private void write(
      StepReport report,
      double loss,
      String basis,
      double imagesPerSecond,
      String projections,
      double validation) {
    String line =
        String.format(
            Locale.ROOT,
            "%d,%.8g,%s,%s,%.2f,%s,%s\n",
            report.step(),
            loss,
            basis,
            figures(report.learningRate(), report.gradientNorm()),
            imagesPerSecond,
            projections,
            Double.isNaN(validation) ? "" : figures(validation));
    try {
      Files.writeString(file, line, StandardCharsets.UTF_8, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new RunException("cannot write " + file + ": " + IoReason.of(e), e);
    }
  }

  private static String figures(double... values) {
    return Arrays.stream(values)
        .mapToObj(value -> String.format(Locale.ROOT, "%.8g", value))
        .collect(Collectors.joining(","));
  }
}

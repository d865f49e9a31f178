package org.basisar.bar.ablation;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.basisar.bar.report.Document;
import org.basisar.bar.report.HtmlDocument;
import org.basisar.bar.report.MarkdownDocument;
import org.basisar.bar.train.RunConfig;
import org.basisar.nn.io.AtomicFile;

/** The files of an ablation: {@code ablation.csv}, {@code report.html}, {@code report.md}. */
final class AblationFiles {
  private AblationFiles() {}

  /**
   * Writes or replaces all of them.
   *
   * @param runs how many runs there will be
   * @param config of any arm, for what all have in common
   */
  static void write(Ablation.Plan plan, List<ArmResult> results, int runs, RunConfig config)
      throws IOException {
    Path folder = plan.folder();
    AtomicFile.replace(folder.resolve("ablation.csv"), table(results));
    Document document = new AblationReport(plan, results, runs, config).document();
    AtomicFile.replace(folder.resolve("report.html"), HtmlDocument.render(document));
    MarkdownDocument.write(document, folder);
  }

  /** One line for every arm, seed and figure. */
  static String table(List<ArmResult> results) {
    Set<String> names = new LinkedHashSet<>();
    results.forEach(result -> names.addAll(result.figures().keySet()));
    StringBuilder lines = new StringBuilder("arm,seed,");
    lines.append(names.stream().collect(Collectors.joining(","))).append('\n');
    for (ArmResult result : results) {
      lines.append(result.arm()).append(',').append(result.seed());
      for (String name : names) {
        double value = result.figure(name);
        lines
            .append(',')
            .append(Double.isFinite(value) ? String.format(Locale.ROOT, "%.8g", value) : "");
      }
      lines.append('\n');
    }
    return lines.toString();
  }
}

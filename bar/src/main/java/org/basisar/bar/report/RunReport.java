package org.basisar.bar.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.basisar.nn.io.AtomicFile;

/**
 * Writes {@code report.html} into a run folder: one file with everything in it, readable by day and
 * by night, on a screen, on a phone, on paper, and while the run goes on.
 *
 * <p>It reads {@code metrics.csv}, {@code samples/*.png} and {@code basis/*.png}, each of which may
 * be missing or half written. A picture's name without its trailing number is its kind, the number
 * the step: the newest of each kind is shown, older ones are folded away. In {@code samples} a kind
 * with {@code prefix}, {@code real} or {@code reconstruct} in its name, in {@code basis} one with
 * {@code matrix}, {@code deviation}, {@code order} or {@code permutation}, gets the explanation
 * that belongs to it.
 */
public final class RunReport {
  private RunReport() {}

  /**
   * Writes or replaces the report.
   *
   * @param runFolder the run
   * @param facts what the folder does not say
   * @return the written file
   * @throws IOException if the folder is missing, or a file in it cannot be read or written
   */
  public static Path write(Path runFolder, RunFacts facts) throws IOException {
    if (!Files.isDirectory(runFolder)) {
      throw new IOException(
          "There is no run folder '%s'; give the folder that a training run wrote."
              .formatted(runFolder));
    }
    Path file = runFolder.resolve("report.html");
    AtomicFile.replace(file, render(runFolder, facts));
    return file;
  }

  /** The page as text: HTML that is also well-formed XML. */
  static String render(Path runFolder, RunFacts facts) throws IOException {
    RunMetrics metrics = RunMetrics.read(runFolder.resolve("metrics.csv"));
    var page = new ReportPage(facts, metrics);
    page.open();
    page.summary();
    page.pictures(
        "samples",
        "Samples",
        RunPicture.sequences(runFolder.resolve("samples")),
        PictureWords::ofSample);
    page.pictures(
        "basis",
        facts.tokens() == RunFacts.Tokens.DISCRETE ? "The order of the codes" : "The learned basis",
        RunPicture.sequences(runFolder.resolve("basis")),
        PictureWords::ofBasis);
    page.curves();
    page.results();
    page.reproduce();
    page.configuration();
    return page.close();
  }
}

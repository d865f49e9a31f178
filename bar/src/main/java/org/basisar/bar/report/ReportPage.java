package org.basisar.bar.report;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.basisar.bar.picture.Markup.escape;

import java.io.IOException;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.basisar.bar.picture.Series;
import org.basisar.bar.picture.SvgChart;

/** The report as it grows, section by section. */
final class ReportPage {
  private static final int OLDER_PICTURES = 6;

  /** Room for the newest pictures in the page, before base64 makes them a third larger. */
  private static final long MOST_BYTES = 24L << 20;

  /** Room of their own for older pictures, so that they never crowd out a newest one. */
  private static final long MOST_OLDER_BYTES = 12L << 20;

  private static final String CONTINUOUS =
      "This run trains a model that draws an image token by token. In basis autoregression (BAR) a"
          + " token is not a patch of the image but a weighted sum of all patches, and the weights,"
          + " the rows of a matrix A, are learned together with the model, so that it also learns"
          + " what to draw first. With another transform than the learned one A is fixed.";

  private static final String DISCRETE =
      "This run trains a model that draws an image code by code. A code is the number of the nearest"
          + " of a few typical patches, which were found before the training. The matrix A of basis"
          + " autoregression (BAR) is then a permutation: it says in which order the patches are"
          + " drawn. The order is fixed, random, or learned together with the model.";

  private final RunFacts facts;
  private final RunMetrics metrics;
  private final StringBuilder html = new StringBuilder(1 << 16);
  private long bytesLeft = MOST_BYTES;
  private long olderBytesLeft = MOST_OLDER_BYTES;

  ReportPage(RunFacts facts, RunMetrics metrics) {
    this.facts = facts;
    this.metrics = metrics;
  }

  /** The beginning of a page, up to its body. */
  static void head(StringBuilder html, String title) {
    html.append(
        """
        <!DOCTYPE html>
        <html lang="en" xmlns="http://www.w3.org/1999/xhtml">
        <head>
        <meta charset="utf-8"/>
        <meta name="viewport" content="width=device-width, initial-scale=1"/>
        <meta name="color-scheme" content="light dark"/>
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'"/>
        """);
    html.append("<title>").append(escape(title)).append("</title>\n");
    html.append("<style>").append(ReportStyle.CSS).append("</style>\n</head>\n<body>\n");
  }

  void open() {
    head(html, facts.title());
    html.append("<header>\n");
    html.append("<h1>").append(escape(facts.title())).append("</h1>\n");
    paragraph(discrete() ? DISCRETE : CONTINUOUS);
    html.append("</header>\n<main>\n");
  }

  private boolean discrete() {
    return facts.tokens() == RunFacts.Tokens.DISCRETE;
  }

  void summary() {
    html.append("<section aria-labelledby=\"summary\">\n<h2 id=\"summary\">At a glance</h2>\n");
    if (metrics.rows() == 0) {
      paragraph("No step has been measured yet.");
    } else {
      html.append("<dl class=\"tiles\">\n");
      tile("last measured step", String.format(Locale.ROOT, "%,.0f", metrics.last("step")));
      Series loss = metrics.series("loss", "loss", Series.Role.MAIN);
      if (metrics.has("loss")) {
        Series mean = loss.smoothed("mean", RunCurves.halfLife(metrics));
        tile("training loss (running mean)", number(mean.vertical(mean.size() - 1)));
      }
      tileIfMeasured(discrete() ? "validation, nats per code" : "validation error", "validation");
      tileIfMeasured("orthogonality error ‖AAᵀ − I‖", "orthogonality");
      if (metrics.has("minSingular") && metrics.has("maxSingular")) {
        tile(
            "singular values of A",
            String.format(
                Locale.ROOT,
                "%.3f–%.3f",
                metrics.last("minSingular"),
                metrics.last("maxSingular")));
      }
      tileIfMeasured("images per second", "imagesPerSecond");
      double skipped = metrics.last("projectionsSkipped");
      double projections = metrics.last("projections");
      if (Double.isFinite(skipped) && Double.isFinite(projections)) {
        tile(
            "projections of A, and steps that needed none",
            String.format(Locale.ROOT, "%,.0f + %,.0f", projections, skipped));
      }
      html.append("</dl>\n");
    }
    long broken = metrics.firstBrokenStep("loss");
    if (broken >= 0) {
      html.append("<p class=\"warning\" role=\"note\"><strong>Warning.</strong> ");
      html.append(
          "The loss was not a finite number at step %,d; what was learned after it cannot be trusted."
              .formatted(broken));
      html.append("</p>\n");
    }
    html.append("</section>\n");
  }

  private void tileIfMeasured(String name, String column) {
    if (metrics.has(column)) {
      tile(name, number(metrics.last(column)));
    }
  }

  private void tile(String name, String value) {
    html.append("<div><dt>")
        .append(escape(name))
        .append("</dt><dd>")
        .append(escape(value))
        .append("</dd></div>\n");
  }

  void curves() {
    html.append("<section aria-labelledby=\"curves\">\n<h2 id=\"curves\">How training went</h2>\n");
    List<RunCurves.Curve> curves = RunCurves.of(metrics, facts.tokens());
    if (curves.isEmpty()) {
      paragraph("There are no measurements to draw yet.");
    }
    html.append("<div class=\"curves\">\n");
    for (RunCurves.Curve curve : curves) {
      html.append("<figure>\n<h3>").append(escape(curve.chart().title())).append("</h3>\n");
      html.append(SvgChart.render(curve.chart()));
      html.append("\n<figcaption>").append(escape(curve.explanation()));
      html.append("</figcaption>\n</figure>\n");
    }
    html.append("</div>\n</section>\n");
  }

  void pictures(
      String id,
      String heading,
      List<RunPicture.Sequence> sequences,
      Function<String, PictureWords> words)
      throws IOException {
    html.append("<section aria-labelledby=\"%s\">\n<h2 id=\"%s\">".formatted(id, id));
    html.append(escape(heading)).append("</h2>\n");
    if (sequences.isEmpty()) {
      paragraph("There are no pictures yet.");
    }
    html.append("<div class=\"pictures\">\n");
    List<RunPicture.Sequence> ordered =
        sequences.stream()
            .sorted(Comparator.comparingInt(sequence -> words.apply(sequence.kind()).order()))
            .toList();
    for (RunPicture.Sequence sequence : ordered) {
      sequence(id, sequence, words.apply(sequence.kind()));
    }
    html.append("</div>\n</section>\n");
  }

  private void sequence(String folder, RunPicture.Sequence sequence, PictureWords words)
      throws IOException {
    Optional<RunPicture.Encoded> newest = sequence.newest().read(bytesLeft);
    if (newest.isEmpty()) {
      paragraph(
          "The picture %s/%s is not whole, or too large to be shown here."
              .formatted(folder, sequence.newest().file().getFileName()));
      return;
    }
    html.append(words.half() ? "<figure class=\"half\">" : "<figure>");
    html.append("\n<h3>").append(escape(words.heading()));
    html.append("<small>").append(escape(when(sequence.newest()))).append("</small></h3>\n");
    bytesLeft -= newest.get().bytes().remaining();
    image(newest.get(), words, sequence.newest());
    html.append("<figcaption>").append(escape(words.explanation())).append("</figcaption>\n");
    older(folder, sequence, words);
    html.append("</figure>\n");
  }

  private void older(String folder, RunPicture.Sequence sequence, PictureWords words)
      throws IOException {
    List<RunPicture> older = sequence.older(OLDER_PICTURES);
    if (older.isEmpty()) {
      return;
    }
    html.append("<details>\n<summary>Earlier in the run</summary>\n");
    int shown = 0;
    for (RunPicture picture : older) {
      Optional<RunPicture.Encoded> encoded = picture.read(olderBytesLeft);
      if (encoded.isPresent()) {
        olderBytesLeft -= encoded.get().bytes().remaining();
        html.append("<h4>").append(escape(when(picture))).append("</h4>\n");
        image(encoded.get(), words, picture);
        shown++;
      }
    }
    int missing = sequence.pictures().size() - 1 - shown;
    if (missing > 0) {
      paragraph("%d more in the folder %s.".formatted(missing, folder));
    }
    html.append("</details>\n");
  }

  private void image(RunPicture.Encoded encoded, PictureWords words, RunPicture picture) {
    String alternative = words.alternative() + ", " + when(picture);
    html.append("<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"");
    html.append(escape(words.heading() + ", " + when(picture)));
    html.append("\"><img alt=\"").append(escape(alternative)).append('"');
    html.append(" width=\"%d\" height=\"%d\"".formatted(encoded.width(), encoded.height()));
    html.append(" style=\"--w:%dpx\" src=\"data:image/png;base64,".formatted(encoded.width()));
    html.append(ISO_8859_1.decode(Base64.getEncoder().encode(encoded.bytes().duplicate())))
        .append("\"/></div>\n");
  }

  private static String when(RunPicture picture) {
    return picture.step().isPresent()
        ? String.format(Locale.ROOT, "step %,d", picture.step().getAsLong())
        : String.valueOf(picture.file().getFileName());
  }

  void results() {
    if (facts.results().isEmpty()) {
      return;
    }
    html.append("<section aria-labelledby=\"results\">\n<h2 id=\"results\">Results</h2>\n");
    table("Measured", "Value", facts.results());
    html.append("</section>\n");
  }

  void reproduce() {
    html.append("<section aria-labelledby=\"again\">\n<h2 id=\"again\">Do it again</h2>\n");
    paragraph("This command started the run:");
    html.append("<pre tabindex=\"0\"><code>").append(escape(facts.commandLine()));
    html.append("</code></pre>\n");
    String seed = "its seed is not among the settings below, so look for it in the command";
    for (Map.Entry<String, String> setting : facts.configuration().entrySet()) {
      if (setting.getKey().equals("seed") || setting.getKey().endsWith(".seed")) {
        seed = "its seed was " + setting.getValue();
        break;
      }
    }
    paragraph(
        "All random numbers of the run follow from its seed; "
            + seed
            + ". The same seed, settings, device and library versions give the same bits: the same"
            + " losses, the same basis, the same samples. Another kind of device rounds differently"
            + " and gives numbers that are close but not equal.");
    html.append("</section>\n");
  }

  void configuration() {
    html.append("<section aria-labelledby=\"settings\">\n<h2 id=\"settings\">Settings</h2>\n");
    if (facts.configuration().isEmpty()) {
      paragraph("No settings were recorded.");
    } else {
      table("Setting", "Value", facts.configuration());
    }
    html.append("</section>\n");
  }

  private void table(String name, String value, Map<String, String> rows) {
    html.append("<table>\n<thead><tr><th scope=\"col\">").append(escape(name));
    html.append("</th><th scope=\"col\">").append(escape(value)).append("</th></tr></thead>\n");
    html.append("<tbody>\n");
    rows.forEach((key, text) ->
        html.append("<tr><th scope=\"row\">")
            .append(escape(key))
            .append("</th><td>")
            .append(escape(text))
            .append("</td></tr>\n"));
    html.append("</tbody>\n</table>\n");
  }

  String close() {
    return html.append("</main>\n</body>\n</html>\n").toString();
  }

  private void paragraph(String words) {
    html.append("<p>").append(escape(words)).append("</p>\n");
  }

  private static String number(double value) {
    double magnitude = Math.abs(value);
    if (!Double.isFinite(value)) {
      return "not a number";
    }
    if (magnitude != 0 && (magnitude < 1e-3 || magnitude >= 1e6)) {
      return String.format(Locale.ROOT, "%.2e", value);
    }
    return String.format(Locale.ROOT, magnitude >= 100 ? "%,.0f" : "%.4f", value);
  }
}

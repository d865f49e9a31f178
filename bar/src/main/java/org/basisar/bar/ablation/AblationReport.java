package org.basisar.bar.ablation;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.basisar.bar.mar.MarSettings;
import org.basisar.bar.picture.StripPicture;
import org.basisar.bar.report.Document;
import org.basisar.bar.train.RunConfig;
import org.jspecify.annotations.Nullable;

/** Results of an ablation as a page. */
final class AblationReport {
  private final Ablation.Plan plan;
  private final List<ArmResult> results;
  private final int runs;
  private final RunConfig config;
  private final Comparison comparison;
  private final Convergence convergence;

  AblationReport(Ablation.Plan plan, List<ArmResult> results, int runs, RunConfig config) {
    this.plan = plan;
    this.results = List.copyOf(results);
    this.runs = runs;
    this.config = config;
    comparison = new Comparison(results, plan.seeds());
    convergence = new Convergence(comparison, plan.seeds());
  }

  Document document() throws IOException {
    List<Document.Section> sections = new ArrayList<>();
    sections.add(setting());
    for (AblationTable table : plan.tables()) {
      sections.add(section(table));
    }
    sections.add(reading());
    return new Document(
        "BAR ablations on " + config.data().source(),
        "Basis autoregression (BAR) trains a generator on images whose tokens are mixed by a learned"
            + " matrix A. Its paper compares ways to do that on ImageNet; this page compares them on"
            + " other data and at another size, with the same budget for every arm. Arms of one seed"
            + " saw the same images in the same order and started from the same weights.",
        sections);
  }

  private Document.Section setting() {
    String seeds = plan.seeds().stream().map(String::valueOf).collect(Collectors.joining(", "));
    List<List<String>> rows = new ArrayList<>();
    RunConfig.Image image = config.image();
    RunConfig.Training training = config.training();
    rows.add(List.of("data", config.data().source()));
    rows.add(List.of("image", image.side() + " × " + image.side() + " pixels"));
    rows.add(
        List.of(
            "tokens",
            config.tokens().order().tokens() + " of dimension " + config.tokens().dimension()));
    rows.add(
        List.of(
            "network",
            "%s of width %d, %d heads, %d + %d blocks"
                .formatted(
                    config.network() instanceof MarSettings ? "MAR" : "xAR",
                    config.network().width(),
                    config.network().heads(),
                    config.network().layers(),
                    config.network().layers())));
    rows.add(List.of("steps", Long.toString(training.steps())));
    rows.add(
        List.of("images per step", Integer.toString(training.batch() * training.accumulation())));
    rows.add(List.of("seeds", seeds));
    rows.add(List.of("generated images per arm and seed", Integer.toString(plan.evaluated())));
    rows.add(List.of("finished runs", results.size() + " of " + runs));
    return new Document.Section(
        "What was run",
        List.of(
            new Document.Code(plan.training().commandLine()),
            new Document.Table("Common to all arms", List.of("", ""), rows)));
  }

  private Document.Section section(AblationTable table) throws IOException {
    List<Document.Block> blocks = new ArrayList<>();
    if (table.claim().isEmpty()) {
      blocks.add(
          new Document.Text(
              "The paper has no such table; its claim is that a learned basis is ahead of those that"
                  + " were designed.",
              false));
      blocks.add(new Document.Text(ranking(table), true));
    } else {
      blocks.add(new Document.Text("The paper's claim: " + table.claim() + ".", false));
      for (List<AblationTable.Row> order : table.publishedOrder()) {
        blocks.add(new Document.Text(comparison.verdict(order, Figure.VALIDATION), true));
        blocks.add(new Document.Text(comparison.verdict(order, Figure.FRECHET), true));
      }
    }
    blocks.add(figures(table));
    blocks.add(differences(table));
    if (table == AblationTable.CONVERGENCE) {
      blocks.add(convergence.reached(table.rows().get(1), table.rows().get(0)));
    }
    blocks.add(convergence.curves(table));
    blocks.addAll(samples(table));
    blocks.addAll(bases(table));
    return new Document.Section(table.title(), blocks);
  }

  /** Arms by validation error. */
  private String ranking(AblationTable table) {
    return "By validation error, best first: "
        + table.rows().stream()
            .filter(row -> comparison.summary(row.arm(), Figure.VALIDATION).count() > 0)
            .sorted((left, right) ->
                Double.compare(
                    comparison.summary(left.arm(), Figure.VALIDATION).mean(),
                    comparison.summary(right.arm(), Figure.VALIDATION).mean()))
            .map(AblationTable.Row::label)
            .collect(Collectors.joining(", "))
        + ".";
  }

  private Document.Table figures(AblationTable table) {
    List<Figure> shown = shown(table);
    boolean published = table.rows().stream().anyMatch(row -> Double.isFinite(row.published()));
    List<String> columns = new ArrayList<>(List.of(""));
    shown.forEach(figure -> columns.add(figure.heading()));
    if (published) {
      columns.add("FID in the paper, xAR ↓");
    }
    List<List<String>> rows = new ArrayList<>();
    for (AblationTable.Row row : table.rows()) {
      List<String> cells = new ArrayList<>(List.of(row.label()));
      for (Figure figure : shown) {
        cells.add(comparison.summary(row.arm(), figure).written());
      }
      if (published) {
        cells.add(Double.isFinite(row.published()) ? Double.toString(row.published()) : "–");
      }
      rows.add(cells);
    }
    return new Document.Table(
        "Mean ± standard deviation over seeds; ↓ lower is better, ↑ higher is better",
        columns,
        rows);
  }

  /** The common figures, then what the basis does early in the sequence, then time. */
  private List<Figure> shown(AblationTable table) {
    Set<String> arms =
        table.rows().stream().map(row -> row.arm().name()).collect(Collectors.toSet());
    Set<String> names = new LinkedHashSet<>();
    for (ArmResult result : results) {
      if (arms.contains(result.arm())) {
        names.addAll(result.figures().keySet());
      }
    }
    List<Figure> shown = new ArrayList<>(Figure.COMMON);
    second(names, "energy in ").ifPresent(name -> shown.add(new Figure(name, name, false)));
    second(names, "prefix error at ").ifPresent(name -> shown.add(new Figure(name, name, true)));
    if (names.contains(ArmResult.STEP_TIME)) {
      shown.add(new Figure(ArmResult.STEP_TIME, ArmResult.STEP_TIME, true));
    }
    return shown;
  }

  /** The second figure of a family, or the only one: that of four tokens. */
  private static Optional<String> second(Set<String> names, String family) {
    List<String> members = names.stream().filter(name -> name.startsWith(family)).toList();
    return Stream.of(1, 0).filter(i -> i < members.size()).map(members::get).findFirst();
  }

  private Document.Table differences(AblationTable table) {
    List<String> columns = new ArrayList<>(List.of(""));
    Figure.COMMON.forEach(figure -> columns.add(figure.heading()));
    List<List<String>> rows = new ArrayList<>();
    for (AblationTable.Row row : table.rows()) {
      if (row.arm().name().equals(row.baseline().name())) {
        continue;
      }
      List<String> cells = new ArrayList<>(List.of(row.label()));
      for (Figure figure : Figure.COMMON) {
        cells.add(comparison.difference(row.arm(), row.baseline(), figure).writtenDifference());
      }
      rows.add(cells);
    }
    return new Document.Table(
        "Difference from the run without a basis, within each seed: mean ± standard deviation",
        columns,
        rows);
  }

  /** One picture with a row for every arm. */
  private List<Document.Block> samples(AblationTable table) throws IOException {
    List<String> names = new ArrayList<>();
    List<BufferedImage> strips = new ArrayList<>();
    for (AblationTable.Row row : table.rows()) {
      Optional<ArmResult> result = comparison.result(row.arm(), plan.seeds().getFirst());
      BufferedImage strip = result.isPresent() ? read(result.get(), Ablation.STRIP) : null;
      if (strip != null) {
        names.add(row.label());
        strips.add(strip);
      }
    }
    if (strips.isEmpty()) {
      return List.of();
    }
    return List.of(
        new Document.Picture(
            table.key() + "-samples",
            "Samples from the same noise and classes, one row for each arm",
            "a grid of generated images, one row for each arm of the table",
            StripPicture.stack(names, strips, config.image().pictureSide()),
            false));
  }

  private List<Document.Block> bases(AblationTable table) throws IOException {
    List<Document.Block> pictures = new ArrayList<>();
    for (AblationTable.Row row : table.rows()) {
      Optional<ArmResult> result = comparison.result(row.arm(), plan.seeds().getFirst());
      BufferedImage basis = result.isPresent() ? read(result.get(), "basis/final.png") : null;
      if (basis != null) {
        pictures.add(
            new Document.Picture(
                table.key() + "-basis-" + row.arm().name(),
                "Basis vectors: " + row.label(),
                "heat maps of basis vectors of the arm " + row.label(),
                basis,
                true));
      }
    }
    return pictures;
  }

  private static @Nullable BufferedImage read(ArmResult result, String name) throws IOException {
    Path file = result.folder().resolve(name);
    return Files.isRegularFile(file) ? ImageIO.read(file.toFile()) : null;
  }

  private static Document.Section reading() {
    return new Document.Section(
        "How to read the figures",
        List.of(
            new Document.Text(
                "Validation error: images that were never trained on are turned into tokens, mixed"
                    + " with noise of random strength, and restored by the model; the figure is the"
                    + " mean square of what is wrong with the restored image, in tokens of unit size."
                    + " Images, noise and its strength are the same for every arm; MAR networks restore"
                    + " the masked tokens only, with the same masks.",
                false),
            new Document.Text(
                "Fréchet and kernel distance, precision and recall compare generated images with real"
                    + " ones in the features of a small classifier trained on the same data; they are"
                    + " not comparable with figures in features of another network. Class accuracy is"
                    + " how often that classifier sees the class that was asked for. All are noisy"
                    + " for few images.",
                false),
            new Document.Text(
                "Energy: the share of the images' energy in the first coefficients. Prefix error: what"
                    + " is missing of an image that is put together from the first coefficients. Both"
                    + " say how early in the sequence the basis puts what matters.",
                false),
            new Document.Text(
                "A gap is how far the arm that the paper puts first is ahead, within a seed, then"
                    + " averaged; with few seeds a gap smaller than its spread means nothing.",
                false)));
  }
}

package org.basisar.bar.report;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.basisar.bar.picture.PngChart;
import org.basisar.bar.picture.PngWriter;
import org.basisar.bar.picture.SvgLogPlot;
import org.basisar.nn.io.AtomicFile;

/** A document as Markdown, with its charts and pictures as files beside it. */
public final class MarkdownDocument {
  private static final String FIGURES = "figures";

  private final Path folder;
  private final StringBuilder text = new StringBuilder();

  private MarkdownDocument(Path folder) {
    this.folder = folder;
  }

  /**
   * Writes {@code report.md} and {@code figures/*.png}.
   *
   * @param folder where to
   */
  public static void write(Document document, Path folder) throws IOException {
    MarkdownDocument page = new MarkdownDocument(folder);
    page.text.append("# ").append(plain(document.title())).append("\n\n");
    page.text.append(plain(document.introduction())).append("\n");
    for (Document.Section section : document.sections()) {
      page.text.append("\n## ").append(plain(section.heading())).append("\n");
      for (Document.Block block : section.blocks()) {
        page.block(block);
      }
    }
    AtomicFile.replace(folder.resolve("report.md"), page.text.toString());
  }

  private void block(Document.Block block) throws IOException {
    text.append('\n');
    switch (block) {
      case Document.Text words -> {
        String mark = words.stressed() ? "**" : "";
        text.append(mark).append(plain(words.words())).append(mark).append('\n');
      }
      case Document.Code code -> text.append("    ").append(code.words()).append('\n');
      case Document.Table table -> table(table);
      case Document.Curve curve -> {
        Optional<BufferedImage> drawn = PngChart.draw(List.of(curve.chart()));
        if (drawn.isPresent()) {
          image(curve.name(), curve.chart().title(), drawn.get());
          text.append('\n');
        }
        text.append(plain(curve.caption())).append('\n');
      }
      case Document.Plot plot -> {
        String file = FIGURES + "/" + plot.name() + ".svg";
        AtomicFile.replace(folder.resolve(file), SvgLogPlot.render(plot.plot()));
        link(plot.plot().title(), file);
        text.append('\n').append(plain(plot.caption())).append('\n');
      }
      case Document.Picture picture -> {
        text.append(plain(picture.heading())).append("\n\n");
        image(picture.name(), picture.alternative(), picture.image());
      }
    }
  }

  private void image(String name, String alternative, BufferedImage image) throws IOException {
    String file = FIGURES + "/" + name + ".png";
    PngWriter.write(folder.resolve(file), image);
    link(alternative, file);
  }

  private void link(String alternative, String file) {
    text.append("![").append(plain(alternative)).append("](").append(file).append(")\n");
  }

  private void table(Document.Table table) {
    text.append(plain(table.caption())).append("\n\n");
    line(table.columns());
    line(Collections.nCopies(table.columns().size(), "---"));
    table.rows().forEach(this::line);
  }

  private void line(List<String> cells) {
    text.append('|');
    for (String cell : cells) {
      text.append(' ').append(plain(cell)).append(" |");
    }
    text.append('\n');
  }

  /** Words on one line, with nothing that could be taken for markup. */
  private static String plain(String words) {
    return words.replaceAll("\\s+", " ").replaceAll("([\\\\`*_\\[\\]<>|#])", "\\\\$1");
  }
}

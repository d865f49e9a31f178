package org.basisar.bar.report;

import java.awt.image.BufferedImage;
import java.util.List;
import org.basisar.bar.picture.Chart;
import org.basisar.bar.picture.LogPlot;

/**
 * A page of text, tables, charts and pictures, for {@link HtmlDocument} and {@link
 * MarkdownDocument} alike. All words are plain text.
 *
 * @param title the headline
 * @param introduction a paragraph below it
 * @param sections in order
 */
public record Document(String title, String introduction, List<Section> sections) {
  /** Copies the list. */
  public Document {
    sections = List.copyOf(sections);
  }

  /**
   * A part with a heading.
   *
   * @param heading a few words
   * @param blocks in order
   */
  public record Section(String heading, List<Block> blocks) {
    /** Copies the list. */
    public Section {
      blocks = List.copyOf(blocks);
    }
  }

  /** Something to look at or to read. */
  public sealed interface Block {}

  /** A paragraph; one that must not be overlooked is stressed. */
  public record Text(String words, boolean stressed) implements Block {}

  /** Words to be typed. */
  public record Code(String words) implements Block {}

  /**
   * A table of figures; the first column names the rows.
   *
   * @param caption what it shows
   * @param columns the headings, the first of them that of the names
   * @param rows as many cells each
   */
  public record Table(String caption, List<String> columns, List<List<String>> rows)
      implements Block {
    /** Checks the widths and copies the lists. */
    public Table {
      columns = List.copyOf(columns);
      rows = rows.stream().map(List::copyOf).toList();
      for (List<String> row : rows) {
        if (row.size() != columns.size()) {
          throw new IllegalArgumentException(
              "A table of %d columns has a row of %d cells; give one for each column."
                  .formatted(columns.size(), row.size()));
        }
      }
    }
  }

  /**
   * A chart.
   *
   * @param name a word for its file
   * @param chart what it shows
   * @param caption what to see in it
   */
  public record Curve(String name, Chart chart, String caption) implements Block {}

  /**
   * A plot of powers.
   *
   * @param name a word for its file
   * @param plot what it shows
   * @param caption what to see in it
   */
  public record Plot(String name, LogPlot plot, String caption) implements Block {}

  /**
   * A picture.
   *
   * @param name a word for its file
   * @param heading a few words
   * @param alternative what it shows, for a reader who cannot see it
   * @param image the picture
   * @param half whether two such pictures fit side by side
   */
  public record Picture(
      String name, String heading, String alternative, BufferedImage image, boolean half)
      implements Block {}
}

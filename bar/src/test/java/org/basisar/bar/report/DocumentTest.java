package org.basisar.bar.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.basisar.bar.picture.Chart;
import org.basisar.bar.picture.Series;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DocumentTest {
  private static final String HOSTILE = "<script>a | b</script> \"'& *x*";

  private static Document document() {
    double[] steps = {1, 2};
    Series line = new Series(HOSTILE, Series.Role.EIGHTH, steps, new double[] {1, 3});
    Series other = new Series("other", Series.Role.MAIN, steps, new double[] {2, 3});
    return new Document(
        HOSTILE,
        HOSTILE,
        List.of(
            new Document.Section(
                HOSTILE,
                List.of(
                    new Document.Text(HOSTILE, true),
                    new Document.Code(HOSTILE),
                    new Document.Table(
                        HOSTILE, List.of(HOSTILE, "b"), List.of(List.of(HOSTILE, "2"))),
                    new Document.Curve(
                        "curve",
                        new Chart(HOSTILE, "step", Chart.Scale.LINEAR, List.of(line, other)),
                        HOSTILE),
                    new Document.Picture(
                        "one",
                        HOSTILE,
                        HOSTILE,
                        new BufferedImage(3, 2, BufferedImage.TYPE_INT_ARGB),
                        true),
                    new Document.Text("the end", false)))));
  }

  @Test
  void theHtmlIsWellFormedAndSafe() throws Exception {
    String html = HtmlDocument.render(document());
    assertThat(html).doesNotContain("<script>").contains("&lt;script&gt;", "the end");
    var factory = DocumentBuilderFactory.newInstance();
    factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", false);
    var parsed =
        factory
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(html.getBytes(StandardCharsets.UTF_8)));
    assertThat(parsed.getElementsByTagName("table").getLength()).isEqualTo(1);
    assertThat(parsed.getElementsByTagName("figure").getLength()).isEqualTo(2);
    assertThat(parsed.getElementsByTagName("svg").getLength()).isEqualTo(1);
  }

  @Test
  void theMarkdownNamesFilesThatExist(@TempDir Path folder) throws IOException {
    MarkdownDocument.write(document(), folder);
    String text = Files.readString(folder.resolve("report.md"));
    assertThat(text)
        .startsWith("# \\<script\\>a \\| b")
        .contains("](figures/one.png)")
        .endsWith("the end\n");
    assertThat(folder.resolve("figures/one.png")).isNotEmptyFile();
    assertThat(text.lines().filter(line -> line.startsWith("| ")).toList())
        .hasSize(3)
        .allMatch(line -> line.replace("\\|", "").chars().filter(c -> c == '|').count() == 3);
  }

  @Test
  void rowsAreAsWideAsTheHeadings() {
    assertThatThrownBy(
            () -> new Document.Table("t", List.of("a", "b"), List.of(List.of("only one"))))
        .hasMessage("A table of 2 columns has a row of 1 cells; give one for each column.");
  }
}

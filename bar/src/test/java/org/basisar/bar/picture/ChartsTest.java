package org.basisar.bar.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.basisar.bar.picture.Chart.Scale;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

final class ChartsTest {
  @Test
  void theSvgIsWellFormedAndSaysItsTitle() {
    String svg = SvgChart.render(chart("Loss & <script>", Scale.LINEAR, 3, 2, 1));
    Document document = Xml.parse(svg);
    assertThat(document.getElementsByTagName("title").item(0).getTextContent())
        .isEqualTo("Loss & <script>");
    assertThat(document.getElementsByTagName("script").getLength()).isZero();
    assertThat(texts(document)).contains("step", "1.0", "2.0", "3.0");
  }

  @Test
  void pointsLieWhereTheirValuesSay() {
    String path = lastPath(chart("c", Scale.LINEAR, 0, 1, 0.5));
    // From 60 to 430 across; up from 190 to 12, with room above for one twenty-sixth.
    assertThat(path).isEqualTo("M60 190h0L245 18.8L430 104.4");
  }

  @Test
  void gapsBreakTheLineAndLonePointsAreDots() {
    assertThat(lastPath(chart("c", Scale.LINEAR, 1, Double.NaN, 0)))
        .isEqualTo("M60 18.8h0M430 190h0");
  }

  @Test
  void aLogarithmicChartLeavesOutZero() {
    String path = lastPath(chart("c", Scale.LOGARITHMIC, 0, 1, 10, 100));
    assertThat(path).matches("M60 [\\d.]+h0L245 [\\d.]+L430 [\\d.]+");
  }

  @Test
  void zerosDoNotTearAThinnedLogarithmicLine() {
    double[] values = IntStream.range(0, 4000).mapToDouble(i -> i % 7 == 0 ? 0 : 1 + i).toArray();
    assertThat(lastPath(chart("c", Scale.LOGARITHMIC, values)).indexOf('M', 1)).isEqualTo(-1);
  }

  @Test
  void withoutPointsItSaysSo() {
    for (Chart chart :
        List.of(
            new Chart("c", "step", Scale.LINEAR, List.of()),
            chart("c", Scale.LINEAR),
            chart("c", Scale.LINEAR, Double.NaN),
            chart("c", Scale.LOGARITHMIC, 0, -1))) {
      assertThat(texts(Xml.parse(SvgChart.render(chart)))).isEqualTo("nothing measured yet");
      assertThat(chart.hasPoints()).isFalse();
    }
  }

  @Test
  void manyPointsAreThinned() {
    double[] values = IntStream.range(0, 100_000).mapToDouble(i -> Math.sin(i / 1e3)).toArray();
    assertThat(SvgChart.render(chart("c", Scale.LINEAR, values))).hasSizeLessThan(12_000);
  }

  @Test
  void thePngHasTwoChartsInARow() {
    assumeTrue(Lettering.hostHasFonts(), "this machine has no fonts");
    Chart chart = chart("Learning rate", Scale.LINEAR, 1e-4, 2e-4, 1e-5);
    Chart constant = chart("Constant", Scale.LOGARITHMIC, 1, 1, 1);
    Chart single = chart("One point", Scale.LOGARITHMIC, 0, 5, Double.NaN);
    Chart empty = chart("Empty", Scale.LINEAR);
    Optional<BufferedImage> image = PngChart.draw(List.of(chart, empty, constant, single));
    assertThat(image).isPresent();
    assertThat(image.get().getWidth()).isEqualTo(1440);
    assertThat(image.get().getHeight()).isEqualTo(840);
    assertThat(PngChart.draw(List.of(empty))).isEmpty();
    int blue = 0;
    for (int y = 0; y < 420; y++) {
      for (int x = 0; x < 720; x++) {
        blue += image.get().getRGB(x, y) == 0xff1b6cb0 ? 1 : 0;
      }
    }
    assertThat(blue).isGreaterThan(300);
  }

  private static Chart chart(String title, Scale scale, double... values) {
    double[] steps = IntStream.range(0, values.length).mapToDouble(i -> 10.0 * i).toArray();
    return new Chart(
        title, "step", scale, List.of(new Series("loss", Series.Role.MAIN, steps, values)));
  }

  private static String texts(Document document) {
    var all = new StringBuilder();
    NodeList texts = document.getElementsByTagName("text");
    for (int i = 0; i < texts.getLength(); i++) {
      all.append(i == 0 ? "" : " ").append(texts.item(i).getTextContent());
    }
    return all.toString();
  }

  /** The path of the only line, which is drawn last. */
  private static String lastPath(Chart chart) {
    NodeList paths = Xml.parse(SvgChart.render(chart)).getElementsByTagName("path");
    return paths.item(paths.getLength() - 1).getAttributes().getNamedItem("d").getTextContent();
  }
}

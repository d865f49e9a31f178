package org.basisar.bar.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.basisar.bar.picture.PngWriter;
import org.basisar.bar.picture.Xml;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

final class RunReportTest {
  private static final String HEADER =
      "step,loss,objective,regulariser,orthogonality,minSingular,maxSingular,learningRate,"
          + "gradientNorm,imagesPerSecond,projections,projectionsSkipped\n";

  private static final RunFacts FACTS =
      new RunFacts(
          "Shapes, learned basis",
          "bin/bar demo --seed 7",
          ordered("model", "tiny", "seed", "7"),
          ordered("FID", "12.5"));

  @TempDir private Path run;

  @Test
  void aWholeRunIsTold() throws IOException {
    writeMetrics(113);
    for (int step = 100; step <= 1000; step += 100) {
      picture("samples/samples-%06d.png".formatted(step));
    }
    picture("samples/prefix-001000.png");
    picture("basis/heatmaps-001000.png");
    picture("basis/matrix-001000.png");
    picture("basis/deviation-001000.png");
    Document page = writeAndParse(FACTS);
    assertThat(texts(page, "h2"))
        .containsExactly(
            "At a glance",
            "Samples",
            "The learned basis",
            "How training went",
            "Results",
            "Do it again",
            "Settings");
    assertThat(texts(page, "h3"))
        .contains(
            "Samplesstep 1,000",
            "Generation by prefixstep 1,000",
            "Basis vectorsstep 1,000",
            "The basis as a matrixstep 1,000",
            "Where the basis is not orthogonalstep 1,000",
            "Training loss",
            "Learning rate");
    assertThat(page.getElementsByTagName("svg").getLength()).isEqualTo(8);
    assertThat(page.getElementsByTagName("img").getLength()).isEqualTo(5 + 6);
    assertThat(texts(page, "details")).anyMatch(text -> text.contains("3 more in the folder"));
    assertThat(texts(page, "dd")).contains("113");
    assertThat(texts(page, "code")).containsExactly("bin/bar demo --seed 7");
    assertThat(texts(page, "p")).anyMatch(text -> text.contains("its seed was 7."));
  }

  @Test
  void aRunOnCodesIsToldInItsOwnWords() throws IOException {
    Files.writeString(
        run.resolve("metrics.csv"), HEADER.strip() + ",validation\n1,3,,,,,,0.1,2,50,,,2.75\n");
    picture("basis/order.png");
    picture("basis/permutation.png");
    Document page =
        writeAndParse(
            new RunFacts("codes", "bin/bar train", Map.of(), Map.of(), RunFacts.Tokens.DISCRETE));
    assertThat(texts(page, "h2")).contains("The order of the codes");
    assertThat(texts(page, "h3"))
        .containsExactly(
            "Order of generationorder.png",
            "The order as a matrixpermutation.png",
            "Training loss",
            "Validation, nats per code",
            "Learning rate",
            "Gradient norm",
            "Speed in images per second");
    assertThat(texts(page, "dt"))
        .contains("validation, nats per code")
        .doesNotContain("singular values of A");
    assertThat(texts(page, "dd")).contains("2.7500");
    assertThat(texts(page, "p")).anyMatch(text -> text.contains("draws an image code by code"));
  }

  @Test
  void nothingRefersOutsideThePage() throws IOException {
    writeMetrics(31);
    picture("samples/samples-1.png");
    String html = Files.readString(RunReport.write(run, FACTS));
    assertThat(html)
        .doesNotContain("<script", "<link", "@import", "url(")
        .doesNotContainPattern("(src|href)=\"(?!data:)");
    assertThat(html.replace("http://www.w3.org/", "")).doesNotContain("http://", "https://");
  }

  @Test
  void everyPictureHasWordsForThoseWhoCannotSeeIt() throws IOException {
    writeMetrics(31);
    picture("samples/samples-1.png");
    picture("basis/heatmaps-1.png");
    Document page = writeAndParse(FACTS);
    NodeList images = page.getElementsByTagName("img");
    for (int i = 0; i < images.getLength(); i++) {
      assertThat(((Element) images.item(i)).getAttribute("alt")).contains("step 1");
    }
    NodeList figures = page.getElementsByTagName("figure");
    assertThat(figures.getLength()).isEqualTo(2 + 8);
    for (int i = 0; i < figures.getLength(); i++) {
      Element caption =
          (Element) ((Element) figures.item(i)).getElementsByTagName("figcaption").item(0);
      assertThat(caption.getTextContent()).hasSizeGreaterThan(40);
    }
  }

  @Test
  void hostileWordsStayWords() throws IOException {
    String hostile =
        "</title><script>alert('1')</script>\"><img src=x onerror=y> \u0000\u001b ]]> &";
    picture("samples/<b>&amp;\"x\"-5.png");
    Document page =
        writeAndParse(
            new RunFacts(hostile, hostile, ordered(hostile, hostile), ordered(hostile, hostile)));
    assertThat(page.getElementsByTagName("script").getLength()).isZero();
    assertThat(page.getElementsByTagName("b").getLength()).isZero();
    assertThat(texts(page, "h1").getFirst()).startsWith("</title><script>");
    assertThat(texts(page, "td")).hasSize(2).allMatch(text -> text.endsWith("\uFFFD\uFFFD ]]> &"));
  }

  @Test
  void anEmptyFolderIsAReportToo() throws IOException {
    Document page = writeAndParse(new RunFacts("", "", Map.of(), Map.of()));
    assertThat(texts(page, "p"))
        .contains(
            "No step has been measured yet.",
            "There are no pictures yet.",
            "There are no measurements to draw yet.",
            "No settings were recorded.");
    assertThat(texts(page, "h2")).doesNotContain("Results");
  }

  @Test
  void aRunThatIsBeingWrittenIsToldAsFarAsItIsWhole() throws IOException {
    Files.writeString(run.resolve("metrics.csv"), HEADER + "1,0.5,0.4,0.1\n2,0.25");
    picture("samples/samples-2.png");
    Path image = run.resolve("samples/samples-2.png");
    byte[] bytes = Files.readAllBytes(image);
    Files.write(image, Arrays.copyOf(bytes, bytes.length / 2));
    Document page = writeAndParse(FACTS);
    assertThat(texts(page, "dd")).startsWith("1", "0.5000");
    assertThat(page.getElementsByTagName("img").getLength()).isZero();
    assertThat(texts(page, "p")).anyMatch(text -> text.contains("samples-2.png is not whole"));
  }

  @Test
  void aBrokenLossIsAWarning() throws IOException {
    Files.writeString(run.resolve("metrics.csv"), "step,loss\n1,0.5\n1500,NaN\n");
    assertThat(texts(writeAndParse(FACTS), "p"))
        .anyMatch(text -> text.contains("not a finite number at step 1,500"));
    Files.writeString(run.resolve("metrics.csv"), "step,loss\n1,0.5\n");
    assertThat(texts(writeAndParse(FACTS), "p")).noneMatch(text -> text.contains("Warning"));
  }

  @Test
  void theSameRunGivesTheSameBytesAndNothingIsLeftBeside() throws IOException {
    writeMetrics(33);
    byte[] first = Files.readAllBytes(RunReport.write(run, FACTS));
    assertThat(Files.readAllBytes(RunReport.write(run, FACTS))).isEqualTo(first);
    try (Stream<Path> files = Files.list(run)) {
      assertThat(files.map(file -> String.valueOf(file.getFileName())))
          .containsExactlyInAnyOrder("metrics.csv", "report.html");
    }
  }

  @Test
  void aMissingFolderIsNamed() {
    assertThatThrownBy(() -> RunReport.write(run.resolve("gone"), FACTS))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("gone");
  }

  @Test
  void curvesAreWrittenAsAPictureOfTheirOwn() throws IOException {
    assertThat(RunCurves.write(run)).isEmpty();
    writeMetrics(31);
    Optional<Path> file = RunCurves.write(run);
    assumeTrue(file.isPresent(), "this machine has no fonts");
    assertThat(file.get()).isEqualTo(run.resolve("curves.png")).isNotEmptyFile();
  }

  private void writeMetrics(int rows) throws IOException {
    var text = new StringBuilder(HEADER);
    for (int step = 1; step <= rows; step++) {
      double loss = 1.0 / step;
      text.append(
          "%d,%s,%s,%s,%s,0.9,1.1,4e-4,1.5,800,%d,%d\n"
              .formatted(step, loss + 1e-4, loss, 1e-4, 1e-2 * loss, step / 10, step - step / 10));
    }
    Files.writeString(run.resolve("metrics.csv"), text);
  }

  private void picture(String name) throws IOException {
    PngWriter.write(run.resolve(name), new BufferedImage(33, 31, BufferedImage.TYPE_INT_ARGB));
  }

  private Document writeAndParse(RunFacts facts) throws IOException {
    return Xml.parse(Files.readString(RunReport.write(run, facts)));
  }

  private static List<String> texts(Document page, String element) {
    NodeList found = page.getElementsByTagName(element);
    return IntStream.range(0, found.getLength())
        .mapToObj(i -> found.item(i).getTextContent())
        .toList();
  }

  private static Map<String, String> ordered(String... pairs) {
    var map = new LinkedHashMap<String, String>();
    for (int i = 0; i < pairs.length; i += 2) {
      map.put(pairs[i], pairs[i + 1]);
    }
    return map;
  }
}

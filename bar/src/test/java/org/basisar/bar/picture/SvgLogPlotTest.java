package org.basisar.bar.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

final class SvgLogPlotTest {
  private static final Series LINE =
      new Series("a law", Series.Role.MAIN, new double[] {1, 10, 100}, new double[] {1, 10, 100});

  private static LogPlot plot(List<Series> lines, List<LogPlot.Mark> marks) {
    return new LogPlot("Roofs & <b>", "operations per byte", "GFLOP/s", lines, marks);
  }

  private static List<Element> elements(Document document, String name) {
    NodeList nodes = document.getElementsByTagName(name);
    List<Element> found = new ArrayList<>();
    for (int i = 0; i < nodes.getLength(); i++) {
      found.add((Element) nodes.item(i));
    }
    return found;
  }

  private static double number(Element element, String attribute) {
    return Double.parseDouble(element.getAttribute(attribute));
  }

  @Test
  void isWellFormedAndSaysWhatItShows() {
    Document document = Xml.parse(SvgLogPlot.render(plot(List.of(LINE), List.of())));
    assertThat(document.getElementsByTagName("title").item(0).getTextContent())
        .isEqualTo("Roofs & <b>");
    assertThat(elements(document, "text").stream().map(Element::getTextContent))
        .contains("operations per byte", "GFLOP/s", "a law", "1", "10", "100");
  }

  @Test
  void equalFactorsAreEqualDistances() {
    List<LogPlot.Mark> marks =
        List.of(
            new LogPlot.Mark("1", "one", 1, 2),
            new LogPlot.Mark("2", "two", 10, 20),
            new LogPlot.Mark("3", "three", 100, 200));
    List<Element> dots = elements(Xml.parse(SvgLogPlot.render(plot(List.of(), marks))), "circle");
    assertThat(dots).hasSize(3);
    assertThat(number(dots.get(1), "cx") - number(dots.get(0), "cx"))
        .isCloseTo(number(dots.get(2), "cx") - number(dots.get(1), "cx"), within(0.2))
        .isGreaterThan(100);
    assertThat(number(dots.get(0), "cy") - number(dots.get(1), "cy"))
        .isCloseTo(number(dots.get(1), "cy") - number(dots.get(2), "cy"), within(0.2))
        .isGreaterThan(50);
  }

  @Test
  void labelsOfCrowdedMarksDoNotLieOnEachOther() {
    List<LogPlot.Mark> marks = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      marks.add(new LogPlot.Mark(Integer.toString(i + 1), "mark " + i, 10 + 0.05 * i, 50));
    }
    Document document = Xml.parse(SvgLogPlot.render(plot(List.of(LINE), marks)));
    List<Element> labels =
        elements(document, "text").stream()
            .filter(text -> ((Element) text.getParentNode()).getAttribute("class").equals("mark"))
            .toList();
    assertThat(labels).hasSize(12);
    for (int i = 0; i < labels.size(); i++) {
      for (int j = 0; j < i; j++) {
        double across = Math.abs(number(labels.get(i), "x") - number(labels.get(j), "x"));
        double up = Math.abs(number(labels.get(i), "y") - number(labels.get(j), "y"));
        assertThat(across >= 8 || up >= 12).as("labels %d and %d", i + 1, j + 1).isTrue();
      }
    }
  }

  @Test
  void leavesOutWhatHasNoLogarithm() {
    List<LogPlot.Mark> marks =
        List.of(
            new LogPlot.Mark("1", "zero", 0, 1),
            new LogPlot.Mark("2", "none", 1, Double.NaN),
            new LogPlot.Mark("3", "right", 1, 1));
    assertThat(elements(Xml.parse(SvgLogPlot.render(plot(List.of(), marks))), "circle")).hasSize(1);
    String empty = SvgLogPlot.render(plot(List.of(), marks.subList(0, 2)));
    assertThat(empty).contains("nothing measured yet");
    assertThat(elements(Xml.parse(empty), "circle")).isEmpty();
  }
}

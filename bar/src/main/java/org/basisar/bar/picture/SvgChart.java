package org.basisar.bar.picture;

import java.util.Locale;

/**
 * Charts as SVG to be put into a page: the text stays text, the colours are the page's.
 *
 * <p>Written by hand rather than by the plotting library, because that one turns every letter into
 * outlines (a chart of fifty points takes 170 kB), fixes the colours, and needs the host's fonts.
 * Colours are the CSS variables {@code --series-main}, {@code --series-second} and so on where the
 * page defines them; words take the colour of the text around.
 */
public final class SvgChart {
  private static final int WIDTH = 440;
  private static final int HEIGHT = 230;
  private static final int LEFT = 60;
  private static final int RIGHT = WIDTH - 10;
  private static final int FLOOR = HEIGHT - 40;
  private static final int LEGEND = 20;
  private static final int STRETCHES = 250;
  private static final double LETTER = 7.1;

  private final Chart chart;
  private final Axis across;
  private final Axis up;
  private final int ceiling;
  private final StringBuilder svg;

  private SvgChart(Chart chart, StringBuilder svg) {
    this.chart = chart;
    this.svg = svg;
    double first = Double.POSITIVE_INFINITY;
    double last = Double.NEGATIVE_INFINITY;
    double lowest = Double.POSITIVE_INFINITY;
    double highest = Double.NEGATIVE_INFINITY;
    for (Series line : chart.series()) {
      for (int i = 0; i < line.size(); i++) {
        if (chart.drawable(line, i)) {
          first = Math.min(first, line.horizontal(i));
          last = Math.max(last, line.horizontal(i));
          lowest = Math.min(lowest, line.vertical(i));
          highest = Math.max(highest, line.vertical(i));
        }
      }
    }
    across = Axis.between(first, last, 5);
    up = Axis.around(lowest, highest, chart.scale() == Chart.Scale.LOGARITHMIC, 5);
    ceiling = 12 + (chart.series().size() > 1 ? LEGEND * legendRows(chart) : 0);
  }

  /**
   * An {@code <svg>} element.
   *
   * @param chart what to show
   * @return well-formed XML without a prologue; with the words "nothing measured yet" if the chart
   *     has no points
   */
  public static String render(Chart chart) {
    var svg = new StringBuilder(8192);
    svg.append("<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" class=\"chart\"");
    svg.append(" viewBox=\"0 0 %d %d\">".formatted(WIDTH, HEIGHT));
    svg.append("<title>").append(Markup.escape(chart.title())).append("</title>");
    svg.append("<g style=\"font:13px system-ui,sans-serif;fill:currentColor\">");
    if (chart.hasPoints()) {
      var drawing = new SvgChart(chart, svg);
      drawing.axes();
      chart.series().forEach(drawing::line);
      drawing.legend();
    } else {
      text(svg, WIDTH / 2.0, HEIGHT / 2.0, "middle", "nothing measured yet");
    }
    return svg.append("</g></svg>").toString();
  }

  private void axes() {
    for (double tick : up.ticks()) {
      double y = y(tick);
      svg.append("<path d=\"M%d %sH%d\"".formatted(LEFT, number(y), RIGHT));
      svg.append(" style=\"stroke:currentColor;stroke-opacity:.15\"/>");
      text(svg, LEFT - 6.0, y + 4, "end", up.written(tick));
    }
    svg.append("<path d=\"M%d %dH%d\"".formatted(LEFT, FLOOR, RIGHT));
    svg.append(" style=\"stroke:currentColor;stroke-opacity:.5\"/>");
    for (double tick : across.ticks()) {
      double x = x(tick);
      svg.append("<path d=\"M%s %dv4\"".formatted(number(x), FLOOR));
      svg.append(" style=\"stroke:currentColor;stroke-opacity:.5\"/>");
      text(svg, x, FLOOR + 18.0, x > RIGHT - 12 ? "end" : "middle", across.written(tick));
    }
    text(svg, (LEFT + RIGHT) / 2.0, HEIGHT - 6.0, "middle", chart.horizontalLabel());
  }

  private void line(Series whole) {
    Series line = chart.onlyDrawable(whole).thinned(STRETCHES);
    var path = new StringBuilder();
    boolean pen = false;
    for (int i = 0; i < line.size(); i++) {
      if (!chart.drawable(line, i)) {
        pen = false;
        continue;
      }
      path.append(pen ? "L" : "M")
          .append(number(x(line.horizontal(i))))
          .append(' ')
          .append(number(y(line.vertical(i))));
      // A point with no neighbour would be a line of no length; a round cap makes it a dot.
      if (!pen) {
        path.append("h0");
      }
      pen = true;
    }
    svg.append("<path d=\"%s\" style=\"%s\"/>".formatted(path, style(whole.role())));
  }

  private void legend() {
    if (chart.series().size() < 2) {
      return;
    }
    double left = LEFT;
    int row = 0;
    for (Series line : chart.series()) {
      if (wraps(left, line)) {
        left = LEFT;
        row++;
      }
      int middle = 13 + LEGEND * row;
      svg.append("<path d=\"M%s %dh18\"".formatted(number(left), middle));
      svg.append(" style=\"%s\"/>".formatted(style(line.role())));
      text(svg, left + 24, middle + 4.0, "start", line.name());
      left += legendWidth(line);
    }
  }

  private static double legendWidth(Series line) {
    return 24 + LETTER * line.name().length() + 20;
  }

  /** Whether a legend entry that would begin at {@code left} needs a row of its own. */
  private static boolean wraps(double left, Series line) {
    return left > LEFT && left + legendWidth(line) - 20 > RIGHT;
  }

  private static int legendRows(Chart chart) {
    double left = LEFT;
    int rows = 1;
    for (Series line : chart.series()) {
      if (wraps(left, line)) {
        left = LEFT;
        rows++;
      }
      left += legendWidth(line);
    }
    return rows;
  }

  /** How a line of a role is drawn. */
  static String style(Series.Role role) {
    return "fill:none;stroke-linejoin:round;stroke-linecap:round;"
        + switch (role) {
          case MAIN -> "stroke:var(--series-main,#1b6cb0);stroke-width:2";
          case SECOND -> numbered("second", "#b4500f", "5 4");
          case THIRD -> numbered("third", "#1a7f4b", "2 4");
          case FOURTH -> numbered("fourth", "#7a3fa8", "9 4");
          case FIFTH -> numbered("fifth", "#8a6d00", "9 4 2 4");
          case SIXTH -> numbered("sixth", "#b3266e", "none");
          case SEVENTH -> numbered("seventh", "#0f7f8c", "5 2");
          case EIGHTH -> numbered("eighth", "#5b6470", "1 3");
          case FAINT -> "stroke:var(--series-main,#1b6cb0);stroke-width:1;stroke-opacity:.35";
        };
  }

  private static String numbered(String name, String colour, String dashes) {
    return "stroke:var(--series-%s,%s);stroke-width:2;stroke-dasharray:%s"
        .formatted(name, colour, dashes);
  }

  /** Words at a place. */
  static void text(StringBuilder svg, double x, double y, String anchor, String words) {
    svg.append(
        "<text x=\"%s\" y=\"%s\" text-anchor=\"%s\">%s</text>"
            .formatted(number(x), number(y), anchor, Markup.escape(words)));
  }

  private double x(double value) {
    return LEFT + across.position(value) * (RIGHT - LEFT);
  }

  private double y(double value) {
    return FLOOR - up.position(value) * (FLOOR - ceiling);
  }

  private static String number(double value) {
    double tenth = Math.round(value * 10) / 10.0;
    return tenth == Math.rint(tenth)
        ? Long.toString((long) tenth)
        : String.format(Locale.ROOT, "%.1f", tenth);
  }
}

package org.basisar.bar.picture;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A {@link LogPlot} as SVG to be put into a page, in the manner of {@link SvgChart}. Labels of
 * marks are put where nothing else is, with a thin line to their point where they had to move away.
 */
public final class SvgLogPlot {
  private static final int WIDTH = 440;
  private static final int HEIGHT = 330;
  private static final int LEFT = 60;
  private static final int RIGHT = WIDTH - 12;
  private static final int FLOOR = HEIGHT - 42;
  private static final int ROW = 18;
  private static final double LETTER = 7.1;
  private static final double LABEL_HEIGHT = 13;
  private static final double DOT = 3.5;
  private static final double LEAST_FACTOR = 5.01;

  private final LogPlot plot;
  private final StringBuilder svg;
  private final Axis across;
  private final Axis up;
  private final int ceiling;
  private final List<Box> taken = new ArrayList<>();

  /** A rectangle that is in use. */
  private record Box(double left, double top, double right, double bottom) {
    boolean meets(Box other) {
      return left < other.right && other.left < right && top < other.bottom && other.top < bottom;
    }
  }

  private SvgLogPlot(LogPlot plot, StringBuilder svg) {
    this.plot = plot;
    this.svg = svg;
    double[] horizontal = {Double.POSITIVE_INFINITY, 0};
    double[] vertical = {Double.POSITIVE_INFINITY, 0};
    for (Series line : plot.lines()) {
      for (int i = 0; i < line.size(); i++) {
        widen(horizontal, vertical, line.horizontal(i), line.vertical(i));
      }
    }
    for (LogPlot.Mark mark : plot.marks()) {
      widen(horizontal, vertical, mark.horizontal(), mark.vertical());
    }
    across = axis(horizontal);
    up = axis(vertical);
    ceiling = 26 + ROW * plot.lines().size();
  }

  /** A range of less than {@link #LEAST_FACTOR} would get an axis of equal steps. */
  private static Axis axis(double[] range) {
    double missing = Math.sqrt(Math.max(1, LEAST_FACTOR * range[0] / range[1]));
    return Axis.around(range[0] / missing, range[1] * missing, true, 6);
  }

  private static void widen(double[] horizontal, double[] vertical, double x, double y) {
    if (drawable(x, y)) {
      horizontal[0] = Math.min(horizontal[0], x);
      horizontal[1] = Math.max(horizontal[1], x);
      vertical[0] = Math.min(vertical[0], y);
      vertical[1] = Math.max(vertical[1], y);
    }
  }

  private static boolean drawable(double x, double y) {
    return x > 0 && y > 0 && Double.isFinite(x) && Double.isFinite(y);
  }

  /**
   * An {@code <svg>} element: well-formed XML without a prologue, with the words "nothing measured
   * yet" if there is no point.
   */
  public static String render(LogPlot plot) {
    StringBuilder svg = new StringBuilder(8192);
    svg.append("<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" class=\"chart\"");
    svg.append(" viewBox=\"0 0 %d %d\">".formatted(WIDTH, HEIGHT));
    svg.append("<title>").append(Markup.escape(plot.title())).append("</title>");
    svg.append("<g style=\"font:13px system-ui,sans-serif;fill:currentColor\">");
    SvgLogPlot drawing = new SvgLogPlot(plot, svg);
    if (drawing.isEmpty()) {
      drawing.text(WIDTH / 2.0, HEIGHT / 2.0, "middle", "nothing measured yet");
    } else {
      drawing.axes();
      drawing.lines();
      drawing.marks();
    }
    return svg.append("</g></svg>").toString();
  }

  private boolean isEmpty() {
    boolean marked =
        plot.marks().stream().anyMatch(mark -> drawable(mark.horizontal(), mark.vertical()));
    for (Series line : plot.lines()) {
      for (int i = 0; i < line.size(); i++) {
        marked |= drawable(line.horizontal(i), line.vertical(i));
      }
    }
    return !marked;
  }

  private void axes() {
    for (double tick : up.ticks()) {
      path("M%d %sH%d".formatted(LEFT, number(y(tick)), RIGHT), "stroke-opacity:.15");
      text(LEFT - 6.0, y(tick) + 4, "end", up.written(tick));
    }
    for (double tick : across.ticks()) {
      path("M%s %dV%d".formatted(number(x(tick)), ceiling, FLOOR), "stroke-opacity:.15");
      text(x(tick), FLOOR + 18.0, x(tick) > RIGHT - 12 ? "end" : "middle", across.written(tick));
    }
    path("M%d %dH%d".formatted(LEFT, FLOOR, RIGHT), "stroke-opacity:.5");
    text((LEFT + RIGHT) / 2.0, HEIGHT - 6.0, "middle", plot.horizontalLabel());
    text(4, 13, "start", plot.verticalLabel());
  }

  private void path(String way, String look) {
    svg.append("<path d=\"%s\" style=\"fill:none;stroke:currentColor;%s\"/>".formatted(way, look));
  }

  private void lines() {
    int row = 0;
    for (Series line : plot.lines()) {
      StringBuilder way = new StringBuilder();
      for (int i = 0; i < line.size(); i++) {
        if (drawable(line.horizontal(i), line.vertical(i))) {
          way.append(way.isEmpty() ? "M" : "L")
              .append(number(x(line.horizontal(i))))
              .append(' ')
              .append(number(y(line.vertical(i))));
        }
      }
      String style = SvgChart.style(line.role());
      svg.append("<path d=\"%s\" style=\"%s\"/>".formatted(way, style));
      double middle = 26 + ROW * row - 1.0;
      svg.append("<path d=\"M%d %sh18\" style=\"%s\"/>".formatted(LEFT, number(middle), style));
      text(LEFT + 24.0, middle + 4, "start", line.name());
      row++;
    }
  }

  private void marks() {
    List<LogPlot.Mark> drawn =
        plot.marks().stream().filter(mark -> drawable(mark.horizontal(), mark.vertical())).toList();
    for (LogPlot.Mark mark : drawn) {
      double x = x(mark.horizontal());
      double y = y(mark.vertical());
      taken.add(new Box(x - DOT, y - DOT, x + DOT, y + DOT));
    }
    for (LogPlot.Mark mark : drawn) {
      double x = x(mark.horizontal());
      double y = y(mark.vertical());
      svg.append("<g class=\"mark\"><title>").append(Markup.escape(mark.name()));
      svg.append("</title>");
      Box place = place(x, y, LETTER * mark.label().length() + 2);
      double middle = (place.left + place.right) / 2;
      double base = place.bottom - 3;
      if (Math.hypot(middle - x, (place.top + place.bottom) / 2 - y) > 22) {
        double to = Math.clamp(x, place.left, place.right);
        double edge = y < place.top ? place.top : y > place.bottom ? place.bottom : base - 3;
        path(
            "M%s %sL%s %s".formatted(number(x), number(y), number(to), number(edge)),
            "stroke-opacity:.4");
      }
      svg.append(
          "<circle cx=\"%s\" cy=\"%s\" r=\"%s\" style=\"fill:var(--series-main,#1b6cb0)\"/>"
              .formatted(number(x), number(y), number(DOT)));
      text(middle, base, "middle", mark.label());
      svg.append("</g>");
    }
  }

  /** The nearest free place for a label, in rings around the point. */
  private Box place(double x, double y, double width) {
    for (double distance = 11; distance < 90; distance += 6) {
      for (int way = 0; way < 16; way++) {
        double angle = 2 * Math.PI * way / 16;
        double middle = x + Math.cos(angle) * (distance + width / 2 - 4);
        double height = y - Math.sin(angle) * distance;
        Box box =
            new Box(
                middle - width / 2,
                height - LABEL_HEIGHT / 2,
                middle + width / 2,
                height + LABEL_HEIGHT / 2);
        boolean inside =
            box.left >= LEFT && box.right <= WIDTH && box.top >= ceiling && box.bottom <= FLOOR;
        if (inside && taken.stream().noneMatch(box::meets)) {
          taken.add(box);
          return box;
        }
      }
    }
    return new Box(x + 5, y - LABEL_HEIGHT / 2, x + 5 + width, y + LABEL_HEIGHT / 2);
  }

  private void text(double x, double y, String anchor, String words) {
    SvgChart.text(svg, x, y, anchor, words);
  }

  private double x(double value) {
    return LEFT + across.position(value) * (RIGHT - LEFT);
  }

  private double y(double value) {
    return FLOOR - up.position(value) * (FLOOR - ceiling);
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }
}

package org.basisar.bar.picture;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Charts as pixels on white, for slides and papers, drawn by XChart. */
public final class PngChart {
  private static final int WIDTH = 720;
  private static final int HEIGHT = 420;
  private static final int STRETCHES = 500;
  private static final Color MAIN = new Color(0x1b6cb0);
  private static final Color FAINT = new Color(0x1b, 0x6c, 0xb0, 0x50);
  private static final Color SECOND = new Color(0xb4500f);

  private PngChart() {}

  /**
   * Draws charts in two columns. Charts without points are left out.
   *
   * @param charts what to show
   * @return the picture, or nothing if no chart has points or the machine has no fonts
   */
  public static Optional<BufferedImage> draw(List<Chart> charts) {
    List<Chart> drawn = charts.stream().filter(Chart::hasPoints).toList();
    if (drawn.isEmpty() || !Lettering.hostHasFonts()) {
      return Optional.empty();
    }
    int columns = Math.min(2, drawn.size());
    var image =
        new BufferedImage(
            columns * WIDTH,
            Math.ceilDiv(drawn.size(), columns) * HEIGHT,
            BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
    for (int i = 0; i < drawn.size(); i++) {
      graphics.drawImage(
          BitmapEncoder.getBufferedImage(chart(drawn.get(i))),
          i % columns * WIDTH,
          i / columns * HEIGHT,
          null);
    }
    graphics.dispose();
    return Optional.of(image);
  }

  private static XYChart chart(Chart chart) {
    List<Series> lines =
        chart.series().stream().map(line -> chart.onlyDrawable(line).thinned(STRETCHES)).toList();
    DoubleSummaryStatistics values =
        lines.stream()
            .flatMapToDouble(line -> points(line).mapToDouble(line::vertical))
            .summaryStatistics();
    // XChart marks powers of ten only, so a range with hardly one in it is better off linear.
    boolean logarithmic =
        chart.scale() == Chart.Scale.LOGARITHMIC && values.getMax() >= 100 * values.getMin();
    // It writes small values with all the digits a double has; a factor in the title avoids that.
    double largest = Math.max(Math.abs(values.getMin()), Math.abs(values.getMax()));
    int power = logarithmic || largest == 0 ? 0 : (int) Math.floor(Math.log10(largest));
    boolean scaled = power < -2 || power > 5;
    double factor = scaled ? Math.pow(10, -power) : 1;
    XYChart drawn =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(chart.title() + (scaled ? " in 10" + Axis.superscript(power) : ""))
            .xAxisTitle(chart.horizontalLabel())
            .build();
    style(drawn.getStyler(), logarithmic, lines.size() > 1);
    for (Series line : lines) {
      int[] points = points(line).toArray();
      if (points.length == 0) {
        continue;
      }
      double[] across = IntStream.of(points).mapToDouble(line::horizontal).toArray();
      double[] up = IntStream.of(points).mapToDouble(i -> factor * line.vertical(i)).toArray();
      if (across[0] >= 0 && across[0] < 0.05 * across[across.length - 1]) {
        drawn.getStyler().setXAxisMin(0.0);
      }
      XYSeries added = drawn.addSeries(line.name(), across, up);
      Color colour =
          switch (line.role()) {
            case MAIN -> MAIN;
            case SECOND -> SECOND;
            case THIRD -> new Color(0x1a7f4b);
            case FOURTH -> new Color(0x7a3fa8);
            case FIFTH -> new Color(0x8a6d00);
            case SIXTH -> new Color(0xb3266e);
            case SEVENTH -> new Color(0x0f7f8c);
            case EIGHTH -> new Color(0x5b6470);
            case FAINT -> FAINT;
          };
      added.setMarker(points.length == 1 ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE);
      added.setMarkerColor(colour).setLineColor(colour);
      added.setLineWidth(line.role() == Series.Role.FAINT ? 1f : 2.2f);
    }
    return drawn;
  }

  private static IntStream points(Series line) {
    return IntStream.range(0, line.size()).filter(i -> Double.isFinite(line.vertical(i)));
  }

  private static void style(XYStyler styler, boolean logarithmic, boolean legend) {
    styler.setLocale(Locale.ROOT);
    styler.setYAxisLogarithmic(logarithmic);
    styler.setXAxisTickMarkSpacingHint(110);
    styler.setXAxisDecimalPattern("0");
    styler.setPlotGridLinesColor(new Color(0xdddddd));
    styler.setPlotBorderVisible(false);
    styler.setChartBackgroundColor(Color.WHITE);
    styler.setLegendVisible(legend);
    styler.setLegendPosition(LegendPosition.OutsideS);
    styler.setLegendLayout(LegendLayout.Horizontal);
  }
}

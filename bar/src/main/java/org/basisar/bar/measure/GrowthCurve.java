package org.basisar.bar.measure;

import java.util.ArrayList;
import java.util.List;

/**
 * How a cost grows with one extent, and how it should.
 *
 * @param name what costs, in a few words
 * @param axis the extent that is varied
 * @param unit of the cost, {@code ms} or {@code MB}
 * @param law the power that is expected, in words
 * @param exponent of the expected power
 * @param points by rising extent, at least two
 */
public record GrowthCurve(
    String name, String axis, String unit, String law, double exponent, List<Point> points) {
  /** Copies the list. */
  public GrowthCurve {
    points = List.copyOf(points);
    if (points.size() < 2) {
      throw new IllegalArgumentException(
          "A curve of growth needs two points, has " + points.size());
    }
  }

  /**
   * One measurement.
   *
   * @param at the extent
   * @param cost the median
   * @param least of the rounds
   * @param most of the rounds
   * @param roof what it would cost at the ceilings, NaN where that is not known
   */
  public record Point(double at, double cost, double least, double most, double roof) {}

  /** The exponent of the power that fits the costs best, by least squares of logarithms. */
  public double fitted() {
    return slope(points.stream().map(Point::cost).toList());
  }

  /** The same of the costs at the ceilings; NaN where these are not known. */
  public double fittedRoof() {
    return slope(points.stream().map(Point::roof).toList());
  }

  /** The exponent between the two largest extents, where fixed costs matter least. */
  public double last() {
    Point before = points.get(points.size() - 2);
    Point end = points.getLast();
    return Math.log(end.cost / before.cost) / Math.log(end.at / before.at);
  }

  /** The expected cost: the law through the last point. */
  public double expected(double at) {
    return points.getLast().cost * Math.pow(at / points.getLast().at, exponent);
  }

  private double slope(List<Double> costs) {
    List<double[]> logarithms = new ArrayList<>();
    double meanAt = 0;
    double meanCost = 0;
    for (int i = 0; i < costs.size(); i++) {
      double[] pair = {Math.log(points.get(i).at), Math.log(costs.get(i))};
      logarithms.add(pair);
      meanAt += pair[0] / costs.size();
      meanCost += pair[1] / costs.size();
    }
    double together = 0;
    double alone = 0;
    for (double[] pair : logarithms) {
      together += (pair[0] - meanAt) * (pair[1] - meanCost);
      alone += (pair[0] - meanAt) * (pair[0] - meanAt);
    }
    return together / alone;
  }
}

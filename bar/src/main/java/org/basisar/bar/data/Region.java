package org.basisar.bar.data;

/**
 * A bounded part of the plane given by its signed distance function, with a box that encloses it. x
 * grows to the right, y grows downwards.
 *
 * @param distance negative inside, positive outside, zero on the outline
 */
record Region(Distance distance, double left, double top, double right, double bottom) {
  /**
   * Near the outline the value is the Euclidean distance (exactly or to first order), which is what
   * anti-aliasing needs; far from it a bound is enough.
   */
  @FunctionalInterface
  interface Distance {
    double at(double x, double y);
  }

  static Region disc(double centreX, double centreY, double radius) {
    return around(
        centreX, centreY, radius, radius, (x, y) -> length(x - centreX, y - centreY) - radius);
  }

  /** An ellipse; the distance is the implicit function over its gradient's length. */
  static Region ellipse(double centreX, double centreY, double radiusX, double radiusY) {
    return around(
        centreX,
        centreY,
        radiusX,
        radiusY,
        (x, y) -> {
          double scaledX = (x - centreX) / radiusX;
          double scaledY = (y - centreY) / radiusY;
          double reach = length(scaledX, scaledY);
          double slope = length(scaledX / radiusX, scaledY / radiusY);
          return slope < 1e-9 ? -Math.min(radiusX, radiusY) : reach * (reach - 1) / slope;
        });
  }

  /** An axis-parallel box with its corners rounded by {@code rounding}. */
  static Region box(
      double centreX, double centreY, double halfWidth, double halfHeight, double rounding) {
    return around(
        centreX,
        centreY,
        halfWidth,
        halfHeight,
        (x, y) -> {
          double beyondX = Math.abs(x - centreX) - halfWidth + rounding;
          double beyondY = Math.abs(y - centreY) - halfHeight + rounding;
          return length(Math.max(beyondX, 0), Math.max(beyondY, 0))
              + Math.min(Math.max(beyondX, beyondY), 0)
              - rounding;
        });
  }

  /** The points within {@code radius} of a segment. */
  static Region capsule(double fromX, double fromY, double toX, double toY, double radius) {
    return polygon(radius, fromX, fromY, toX, toY);
  }

  /**
   * A stroke of half-width {@code thickness} along a circle, centred on the direction {@code
   * facing} (radians, 0 right, a quarter turn down) and reaching {@code halfAperture} to both
   * sides.
   */
  static Region arc(
      double centreX,
      double centreY,
      double radius,
      double facing,
      double halfAperture,
      double thickness) {
    double facingX = StrictMath.cos(facing);
    double facingY = StrictMath.sin(facing);
    double endAlong = radius * StrictMath.cos(halfAperture);
    double endAcross = radius * StrictMath.sin(halfAperture);
    return around(
        centreX,
        centreY,
        radius + thickness,
        radius + thickness,
        (x, y) -> {
          double along = (x - centreX) * facingX + (y - centreY) * facingY;
          double across = Math.abs((y - centreY) * facingX - (x - centreX) * facingY);
          boolean beside = across * endAlong <= along * endAcross;
          return (beside
                  ? Math.abs(length(along, across) - radius)
                  : length(along - endAlong, across - endAcross))
              - thickness;
        });
  }

  /** A closed polygon, corners as x, y pairs, grown and rounded by {@code rounding}. */
  static Region polygon(double rounding, double... corners) {
    double[] points = corners.clone();
    double left = points[0];
    double top = points[1];
    double right = left;
    double bottom = top;
    for (int corner = 2; corner < points.length; corner += 2) {
      left = Math.min(left, points[corner]);
      right = Math.max(right, points[corner]);
      top = Math.min(top, points[corner + 1]);
      bottom = Math.max(bottom, points[corner + 1]);
    }
    Region sharp = new Region((x, y) -> toPolygon(points, x, y), left, top, right, bottom);
    return sharp.grown(rounding);
  }

  private static double toPolygon(double[] points, double x, double y) {
    double nearest = Double.MAX_VALUE;
    boolean inside = false;
    int last = points.length - 2;
    for (int corner = 0; corner < points.length; last = corner, corner += 2) {
      double alongX = points[last] - points[corner];
      double alongY = points[last + 1] - points[corner + 1];
      double fromX = x - points[corner];
      double fromY = y - points[corner + 1];
      double position = (fromX * alongX + fromY * alongY) / (alongX * alongX + alongY * alongY);
      double held = Math.min(Math.max(position, 0), 1);
      double missX = fromX - held * alongX;
      double missY = fromY - held * alongY;
      nearest = Math.min(nearest, missX * missX + missY * missY);
      if ((points[corner + 1] > y) != (points[last + 1] > y) && fromX < alongX * fromY / alongY) {
        inside = !inside;
      }
    }
    double distance = Math.sqrt(nearest);
    return inside ? -distance : distance;
  }

  /** The part of this region below the horizontal line at {@code line}. */
  Region below(double line) {
    return new Region(
        (x, y) -> Math.max(distance.at(x, y), line - y), left, Math.max(top, line), right, bottom);
  }

  Region and(Region other) {
    return new Region(
        (x, y) -> Math.max(distance.at(x, y), other.distance.at(x, y)),
        Math.max(left, other.left),
        Math.max(top, other.top),
        Math.min(right, other.right),
        Math.min(bottom, other.bottom));
  }

  Region or(Region other) {
    return new Region(
        (x, y) -> Math.min(distance.at(x, y), other.distance.at(x, y)),
        Math.min(left, other.left),
        Math.min(top, other.top),
        Math.max(right, other.right),
        Math.max(bottom, other.bottom));
  }

  Region without(Region other) {
    return new Region(
        (x, y) -> Math.max(distance.at(x, y), -other.distance.at(x, y)), left, top, right, bottom);
  }

  /** The band of half-width {@code thickness} around this region's outline. */
  Region outline(double thickness) {
    Region grown = grown(thickness);
    return new Region(
        (x, y) -> Math.abs(distance.at(x, y)) - thickness,
        grown.left,
        grown.top,
        grown.right,
        grown.bottom);
  }

  /** This region made larger by {@code amount} on all sides. */
  Region grown(double amount) {
    return new Region(
        (x, y) -> distance.at(x, y) - amount,
        left - amount,
        top - amount,
        right + amount,
        bottom + amount);
  }

  /** This region moved by the given offsets. */
  Region shifted(double across, double down) {
    return new Region(
        (x, y) -> distance.at(x - across, y - down),
        left + across,
        top + down,
        right + across,
        bottom + down);
  }

  private static Region around(
      double centreX, double centreY, double halfWidth, double halfHeight, Distance distance) {
    return new Region(
        distance,
        centreX - halfWidth,
        centreY - halfHeight,
        centreX + halfWidth,
        centreY + halfHeight);
  }

  private static double length(double x, double y) {
    return Math.sqrt(x * x + y * y);
  }
}

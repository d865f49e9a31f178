package org.basisar.bar.data;

/**
 * The picture being drawn: the square [-1, 1] x [-1, 1], x to the right, y downwards. Regions are
 * painted one over another; a sample takes the share of a region's colour that the region covers of
 * it, judged from the signed distance at its middle. Small pictures are drawn finer than they come
 * out and averaged.
 *
 * <p>Only +, -, *, / and the square root touch the samples, which Java rounds alike everywhere, so
 * the bytes do not depend on the machine.
 */
final class Canvas {
  /** Pictures are drawn with at least this many samples to a side. */
  private static final int FINEST_SIDE_TO_AVERAGE = 32;

  private final int side;
  private final int samplesPerPixel;
  private final int fineSide;
  private final double sampleSize;
  private final double[] samples; // [fineSide, fineSide, 3]
  private Placement placement = Placement.WHOLE;

  Canvas(int side) {
    this.side = side;
    this.samplesPerPixel = Math.max(1, Math.ceilDiv(FINEST_SIDE_TO_AVERAGE, side));
    this.fineSide = side * samplesPerPixel;
    this.sampleSize = 2.0 / fineSide;
    this.samples = new double[fineSide * fineSide * 3];
  }

  /**
   * Where the coordinates of what is painted next lie: moved by (x, y), then scaled and turned
   * about that point.
   */
  record Placement(double x, double y, double scale, double cosine, double sine) {
    static final Placement WHOLE = new Placement(0, 0, 1, 1, 0);

    /** A placement turned clockwise by {@code angle} radians. */
    static Placement turned(double x, double y, double scale, double angle) {
      return new Placement(x, y, scale, StrictMath.cos(angle), StrictMath.sin(angle));
    }

    /** The canvas position of a point given in the placed coordinates. */
    private double toX(double placedX, double placedY) {
      return x + scale * (placedX * cosine - placedY * sine);
    }

    private double toY(double placedX, double placedY) {
      return y + scale * (placedX * sine + placedY * cosine);
    }
  }

  void place(Placement next) {
    placement = next;
  }

  /** Fills everything with a linear gradient, {@code angle} radians from "left to right". */
  void fill(Colour from, Colour to, double angle) {
    double directionX = StrictMath.cos(angle) / 2.9;
    double directionY = StrictMath.sin(angle) / 2.9;
    for (int row = 0; row < fineSide; row++) {
      for (int column = 0; column < fineSide; column++) {
        double share = 0.5 + middle(column) * directionX + middle(row) * directionY;
        blend((row * fineSide + column) * 3, from.towards(to, share), 1.0);
      }
    }
  }

  /** Paints a region in one colour. */
  void paint(Region region, Colour colour) {
    paint(region, colour, colour, 1.0, 0.0);
  }

  /**
   * Paints a region.
   *
   * @param top the colour at y = -1 of the placement's coordinates
   * @param bottom the colour at y = 1
   * @param opacity 1 hides what lies below, 0 paints nothing
   * @param softness the width over which the outline fades, in the placement's units; 0 is a sharp
   *     outline
   */
  void paint(Region region, Colour top, Colour bottom, double opacity, double softness) {
    Placement at = placement;
    double fade = Math.max(sampleSize / at.scale, softness);
    double halfWidth = (region.right() - region.left()) / 2 + fade;
    double halfHeight = (region.bottom() - region.top()) / 2 + fade;
    double centreX = at.toX(region.left() - fade + halfWidth, region.top() - fade + halfHeight);
    double centreY = at.toY(region.left() - fade + halfWidth, region.top() - fade + halfHeight);
    double across = at.scale * (Math.abs(at.cosine) * halfWidth + Math.abs(at.sine) * halfHeight);
    double down = at.scale * (Math.abs(at.cosine) * halfHeight + Math.abs(at.sine) * halfWidth);
    int lastRow = sampleAt(centreY + down);
    int firstColumn = sampleAt(centreX - across);
    int lastColumn = sampleAt(centreX + across);
    for (int row = sampleAt(centreY - down); row <= lastRow; row++) {
      double fromY = (middle(row) - at.y) / at.scale;
      for (int column = firstColumn; column <= lastColumn; column++) {
        double fromX = (middle(column) - at.x) / at.scale;
        double x = fromX * at.cosine + fromY * at.sine;
        double y = fromY * at.cosine - fromX * at.sine;
        double coverage = 0.5 - region.distance().at(x, y) / fade;
        if (coverage > 0) {
          double share = Math.min(Math.max(0.5 + y / 2, 0), 1);
          blend(
              (row * fineSide + column) * 3,
              top.towards(bottom, share),
              Math.min(coverage, 1) * opacity);
        }
      }
    }
  }

  /** The finished picture, planar [3, side, side]. */
  byte[] planarBytes() {
    byte[] planar = new byte[3 * side * side];
    double share = 255.0 / (samplesPerPixel * samplesPerPixel);
    for (int channel = 0; channel < 3; channel++) {
      for (int row = 0; row < side; row++) {
        for (int column = 0; column < side; column++) {
          double sum = 0;
          for (int fineRow = row * samplesPerPixel;
              fineRow < (row + 1) * samplesPerPixel;
              fineRow++) {
            int from = (fineRow * fineSide + column * samplesPerPixel) * 3 + channel;
            for (int sample = 0; sample < samplesPerPixel; sample++) {
              sum += samples[from + sample * 3];
            }
          }
          planar[(channel * side + row) * side + column] = (byte) (int) (sum * share + 0.5);
        }
      }
    }
    return planar;
  }

  private void blend(int at, Colour colour, double share) {
    samples[at] += (colour.red() - samples[at]) * share;
    samples[at + 1] += (colour.green() - samples[at + 1]) * share;
    samples[at + 2] += (colour.blue() - samples[at + 2]) * share;
  }

  private double middle(int sample) {
    return (sample + 0.5) * sampleSize - 1;
  }

  private int sampleAt(double position) {
    return (int) Math.clamp((position + 1) / sampleSize, 0.0, fineSide - 1.0);
  }
}

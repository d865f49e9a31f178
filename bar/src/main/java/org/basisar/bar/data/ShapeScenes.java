package org.basisar.bar.data;

import java.util.List;

/** One coloured shape on a soft background per picture. */
final class ShapeScenes {
  private static final double SHADOW_DROP = 0.09;

  static final Scene CIRCLE = plain("circle", Region.disc(0, 0, 0.82));
  static final Scene RING = plain("ring", Region.disc(0, 0, 0.62).outline(0.22));
  static final Scene SQUARE = plain("square", Region.box(0, 0, 0.72, 0.72, 0.08));
  static final Scene TRIANGLE =
      plain("triangle", Region.polygon(0.08, 0, -0.82, 0.86, 0.66, -0.86, 0.66));
  static final Scene STAR =
      plain("star", Region.polygon(0.05, star(5, 0.95, 0.42)).shifted(0, 0.05));
  static final Scene CROSS =
      plain("cross", Region.box(0, 0, 0.27, 0.86, 0.06).or(Region.box(0, 0, 0.86, 0.27, 0.06)));
  static final Scene HEART = plain("heart", heart());
  static final Scene MOON =
      plain("moon", Region.disc(0, 0, 0.88).without(Region.disc(0.48, -0.14, 0.7)).shifted(0.1, 0));
  static final Scene DIAMOND =
      plain("diamond", Region.polygon(0.05, 0, -0.9, 0.56, 0, 0, 0.9, -0.56, 0));
  static final Scene FLOWER = new Scene("flower", ShapeScenes::flower);
  static final Scene STRIPES = new Scene("stripes", ShapeScenes::stripes);
  static final Scene CHECKER = new Scene("checker", ShapeScenes::checker);

  private ShapeScenes() {}

  /** The shapes of the default set, apart even at 16 pixels. */
  static List<Scene> basic() {
    return List.of(CIRCLE, RING, SQUARE, TRIANGLE, STAR, CROSS, HEART, MOON, FLOWER);
  }

  static List<Scene> all() {
    return List.of(
        CIRCLE, RING, SQUARE, TRIANGLE, STAR, CROSS, HEART, MOON, FLOWER, DIAMOND, STRIPES,
        CHECKER);
  }

  private static Scene plain(String name, Region shape) {
    return new Scene(
        name,
        (canvas, draws) -> {
          Colour colour = Backdrop.fill(canvas, draws);
          place(canvas, draws);
          body(canvas, shape, colour);
        });
  }

  static void place(Canvas canvas, Draws draws) {
    canvas.place(
        Canvas.Placement.turned(
            draws.between(-0.12, 0.12),
            draws.between(-0.12, 0.12),
            draws.between(0.66, 0.84),
            draws.between(-0.2, 0.2)));
  }

  /** A shape lit from above, with a faint shadow below it. */
  static void body(Canvas canvas, Region shape, Colour colour) {
    canvas.paint(shape.shifted(0, SHADOW_DROP), colour.darker(0.6), colour.darker(0.6), 0.22, 0.2);
    canvas.paint(shape, colour.lighter(0.18), colour.darker(0.1), 1.0, 0.0);
  }

  private static void flower(Canvas canvas, Draws draws) {
    Colour colour = Backdrop.fill(canvas, draws);
    place(canvas, draws);
    Region petals = Region.disc(0, -0.56, 0.36);
    for (int petal = 1; petal < 5; petal++) {
      double angle = petal * 2 * Math.PI / 5;
      petals =
          petals.or(Region.disc(0.56 * StrictMath.sin(angle), -0.56 * StrictMath.cos(angle), 0.36));
    }
    body(canvas, petals.or(Region.disc(0, 0, 0.4)), colour);
    canvas.paint(Region.disc(0, 0, 0.3), colour.lighter(0.82));
  }

  private static void stripes(Canvas canvas, Draws draws) {
    Colour colour = Backdrop.fill(canvas, draws);
    place(canvas, draws);
    Region board = Region.box(0, 0, 0.76, 0.76, 0.08);
    body(canvas, board, colour);
    Region bands = Region.box(0, -0.33, 0.76, 0.16, 0).or(Region.box(0, 0.33, 0.76, 0.16, 0));
    canvas.paint(bands, colour.lighter(0.82));
  }

  private static void checker(Canvas canvas, Draws draws) {
    Colour colour = Backdrop.fill(canvas, draws);
    place(canvas, draws);
    Region board = Region.box(0, 0, 0.76, 0.76, 0.04);
    body(canvas, board, colour);
    Region fields =
        Region.box(0.38, -0.38, 0.38, 0.38, 0).or(Region.box(-0.38, 0.38, 0.38, 0.38, 0));
    canvas.paint(fields.and(board), colour.lighter(0.82));
  }

  private static double[] star(int points, double outer, double inner) {
    double[] corners = new double[points * 4];
    for (int corner = 0; corner < points * 2; corner++) {
      double angle = corner * Math.PI / points;
      double radius = corner % 2 == 0 ? outer : inner;
      corners[corner * 2] = radius * StrictMath.sin(angle);
      corners[corner * 2 + 1] = -radius * StrictMath.cos(angle);
    }
    return corners;
  }

  /** A square standing on its corner with a disc on each of its upper sides. */
  private static Region heart() {
    double half = 0.42;
    return Region.polygon(
            0, 0, 0.88, -2 * half, 0.88 - 2 * half, 0, 0.88 - 4 * half, 2 * half, 0.88 - 2 * half)
        .or(Region.disc(-half, 0.88 - 3 * half, half * Math.sqrt(2)))
        .or(Region.disc(half, 0.88 - 3 * half, half * Math.sqrt(2)));
  }
}

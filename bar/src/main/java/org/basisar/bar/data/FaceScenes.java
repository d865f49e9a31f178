package org.basisar.bar.data;

import java.util.List;

/** Schematic faces that read at 16 pixels: a coloured disc, two eyes, a large mouth. */
final class FaceScenes {
  private static final double UP = -Math.PI / 2;
  private static final Colour INK = Colour.of(0x33241F);
  private static final Colour TEAR = Colour.of(0x2F7DE1);
  private static final List<Colour> HEADS =
      List.of(
          Colour.of(0xFFC928), // sunny yellow
          Colour.of(0xFFA94D), // orange
          Colour.of(0xFF9E8A), // peach
          Colour.of(0x9BD770), // light green
          Colour.of(0x7CC6F2)); // light blue

  private FaceScenes() {}

  static List<Scene> all() {
    return List.of(
        new Scene("smiling face", FaceScenes::smiling),
        new Scene("sad face", FaceScenes::sad),
        new Scene("surprised face", FaceScenes::surprised));
  }

  private static void smiling(Canvas canvas, Draws draws) {
    head(canvas, draws);
    double spread = draws.between(0.36, 0.42);
    for (int mirror = -1; mirror <= 1; mirror += 2) {
      canvas.paint(Region.ellipse(mirror * spread, -0.26, 0.14, 0.2), INK);
    }
    double width = draws.between(0.54, 0.62);
    Region mouth = Region.disc(0, 0.14, width).below(0.14).grown(0.03);
    canvas.paint(mouth, INK);
    canvas.paint(
        Region.disc(0, 0.14 + width, width * 0.62).and(Region.disc(0, 0.14, width - 0.06)),
        Colour.of(0xF25C54));
  }

  private static void sad(Canvas canvas, Draws draws) {
    head(canvas, draws);
    double spread = draws.between(0.37, 0.43);
    for (int mirror = -1; mirror <= 1; mirror += 2) {
      Region lid = Region.polygon(0, 0, -0.56, mirror * 1.4, 0.3, mirror * 1.4, 1.4, 0, 1.4);
      canvas.paint(Region.ellipse(mirror * spread, -0.16, 0.2, 0.24).and(lid), INK);
    }
    canvas.paint(Region.arc(0, 0.9, draws.between(0.46, 0.52), UP, 1.0, 0.11), INK);
    canvas.paint(Region.ellipse(-spread - 0.1, 0.28, 0.12, 0.17), TEAR);
  }

  private static void surprised(Canvas canvas, Draws draws) {
    head(canvas, draws);
    double spread = draws.between(0.37, 0.42);
    for (int mirror = -1; mirror <= 1; mirror += 2) {
      canvas.paint(Region.disc(mirror * spread, -0.26, 0.3), Colour.WHITE);
      canvas.paint(Region.disc(mirror * spread, -0.26, 0.14), INK);
    }
    canvas.paint(Region.ellipse(0, 0.46, draws.between(0.2, 0.25), draws.between(0.27, 0.32)), INK);
  }

  private static void head(Canvas canvas, Draws draws) {
    Backdrop.fillAnyHue(canvas, draws);
    canvas.place(
        Canvas.Placement.turned(
            draws.between(-0.08, 0.08),
            draws.between(-0.08, 0.08),
            draws.between(0.78, 0.88),
            draws.between(-0.14, 0.14)));
    Colour colour = HEADS.get(draws.below(HEADS.size())).varied(draws, 0.03);
    ShapeScenes.body(canvas, Region.disc(0, 0, 0.96), colour);
  }
}

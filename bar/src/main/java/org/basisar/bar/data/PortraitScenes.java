package org.basisar.bar.data;

import java.util.ArrayList;
import java.util.List;

/**
 * Richer faces with skin, hair, eyes, nose and clothes; a class is an expression and a hair style.
 */
final class PortraitScenes {
  private static final double UP = -Math.PI / 2;
  private static final Colour INK = Colour.of(0x2B1D1A);
  private static final Colour LIPS = Colour.of(0xB23A48);
  private static final List<Colour> SKINS =
      List.of(
          Colour.of(0xFBDCC4),
          Colour.of(0xF3C6A0),
          Colour.of(0xE0A878),
          Colour.of(0xBF8354),
          Colour.of(0x8A5A3A));
  private static final List<Colour> HAIRS =
      List.of(
          Colour.of(0x2A1F1B),
          Colour.of(0x5B3A22),
          Colour.of(0x9A5B2C),
          Colour.of(0xD9A441),
          Colour.of(0xB5371F));
  private static final List<Colour> IRISES =
      List.of(Colour.of(0x3D6FA5), Colour.of(0x4E8A57), Colour.of(0x5A3A22), Colour.of(0x6B6F76));

  private enum Expression {
    SMILING("smiling"),
    SAD("sad"),
    SURPRISED("surprised");

    private final String word;

    Expression(String word) {
      this.word = word;
    }
  }

  private enum Hair {
    SHORT("with short hair"),
    LONG("with long hair"),
    CURLY("with curly hair"),
    NONE("without hair");

    private final String words;

    Hair(String words) {
      this.words = words;
    }
  }

  private PortraitScenes() {}

  static List<Scene> all() {
    List<Scene> scenes = new ArrayList<>();
    for (Hair hair : Hair.values()) {
      for (Expression expression : Expression.values()) {
        scenes.add(
            new Scene(
                expression.word + " " + hair.words,
                (canvas, draws) -> portrait(canvas, draws, expression, hair)));
      }
    }
    return List.copyOf(scenes);
  }

  private static void portrait(Canvas canvas, Draws draws, Expression expression, Hair hair) {
    Colour clothes = Backdrop.fill(canvas, draws);
    Colour skin = SKINS.get(draws.below(SKINS.size())).varied(draws, 0.02);
    Colour hairColour = HAIRS.get(draws.below(HAIRS.size())).varied(draws, 0.02);
    Colour iris = IRISES.get(draws.below(IRISES.size()));
    double width = draws.between(0.52, 0.6);
    double height = draws.between(0.64, 0.7);
    Region head = Region.ellipse(0, 0, width, height);
    canvas.place(
        Canvas.Placement.turned(
            draws.between(-0.06, 0.06),
            draws.between(-0.04, 0.06),
            draws.between(0.94, 1.06),
            draws.between(-0.08, 0.08)));

    hairBehind(canvas, hair, hairColour, width, height);
    canvas.paint(
        Region.ellipse(0, 1.32, 0.86, 0.56), clothes.lighter(0.1), clothes.darker(0.15), 1, 0);
    canvas.paint(Region.box(0, 0.7, 0.2, 0.24, 0.12), skin.darker(0.14));
    for (int mirror = -1; mirror <= 1; mirror += 2) {
      canvas.paint(Region.ellipse(mirror * width, 0.06, 0.1, 0.14), skin.darker(0.08));
    }
    canvas.paint(head, skin.lighter(0.12), skin.darker(0.04), 1, 0);
    for (int mirror = -1; mirror <= 1; mirror += 2) {
      canvas.paint(Region.disc(mirror * width * 0.6, 0.24, 0.12), LIPS, LIPS, 0.22, 0.16);
    }
    eyes(canvas, draws, expression, iris, hairColour, width);
    canvas.paint(Region.capsule(0, 0.06, 0, 0.14, draws.between(0.045, 0.06)), skin.darker(0.2));
    mouth(canvas, draws, expression, width);
    hairInFront(canvas, draws, hair, hairColour, width, height);
  }

  private static void eyes(
      Canvas canvas, Draws draws, Expression expression, Colour iris, Colour brow, double width) {
    double spread = width * draws.between(0.42, 0.48);
    double open =
        switch (expression) {
          case SMILING -> 0.1;
          case SAD -> 0.085;
          case SURPRISED -> 0.15;
        };
    // How far the inner and the outer end of each brow stand above the eye.
    double inner =
        expression == Expression.SAD ? 0.26 : expression == Expression.SURPRISED ? 0.27 : 0.19;
    double outer =
        expression == Expression.SAD ? 0.13 : expression == Expression.SURPRISED ? 0.25 : 0.17;
    double level = -0.08;
    for (int mirror = -1; mirror <= 1; mirror += 2) {
      double x = mirror * spread;
      Region white = Region.ellipse(x, level, 0.125, open);
      canvas.paint(white.grown(0.022), INK);
      canvas.paint(white, Colour.WHITE);
      canvas.paint(Region.disc(x, level, 0.088).and(white), iris);
      canvas.paint(Region.disc(x, level, 0.045), INK);
      canvas.paint(Region.disc(x + 0.03, level - 0.035, 0.02), Colour.WHITE);
      canvas.paint(
          Region.capsule(x - mirror * 0.11, level - inner, x + mirror * 0.13, level - outer, 0.034),
          brow.darker(0.25));
    }
  }

  private static void mouth(Canvas canvas, Draws draws, Expression expression, double width) {
    double size = width * draws.between(0.46, 0.54);
    switch (expression) {
      case SMILING -> {
        Region open = Region.disc(0, 0.27, size).below(0.27);
        canvas.paint(open.grown(0.035), LIPS);
        canvas.paint(open, Colour.of(0x5A1A22));
        canvas.paint(Region.box(0, 0.3, size * 0.86, 0.045, 0.02).and(open), Colour.WHITE);
      }
      case SAD -> canvas.paint(Region.arc(0, 0.6, size * 0.95, UP, 0.95, 0.045), LIPS.darker(0.2));
      case SURPRISED -> {
        Region open = Region.ellipse(0, 0.39, size * 0.48, size * 0.66);
        canvas.paint(open.grown(0.04), LIPS);
        canvas.paint(open, Colour.of(0x5A1A22));
      }
    }
  }

  private static void hairBehind(
      Canvas canvas, Hair hair, Colour colour, double width, double height) {
    switch (hair) {
      case LONG ->
          canvas.paint(
              Region.ellipse(0, -0.08, width + 0.2, height + 0.12)
                  .or(Region.box(0, 0.45, width + 0.2, 0.53, 0.12)),
              colour.lighter(0.06),
              colour.darker(0.2),
              1,
              0);
      case CURLY -> {
        Region curls = Region.disc(0, -0.24, width + 0.16);
        for (int curl = 0; curl < 11; curl++) {
          double angle = Math.PI * (0.9 + curl * 1.2 / 10);
          curls =
              curls.or(
                  Region.disc(
                      (width + 0.16) * StrictMath.cos(angle),
                      -0.2 + (width + 0.1) * StrictMath.sin(angle),
                      0.19));
        }
        canvas.paint(curls, colour.lighter(0.1), colour.darker(0.1), 1, 0);
      }
      case SHORT, NONE -> {}
    }
  }

  private static void hairInFront(
      Canvas canvas, Draws draws, Hair hair, Colour colour, double width, double height) {
    double parting = draws.between(-0.25, 0.25);
    Region cap = Region.ellipse(0, -0.06, width + 0.05, height + 0.06);
    switch (hair) {
      case SHORT ->
          canvas.paint(
              cap.without(Region.ellipse(parting * 0.3, 0.25, width + 0.02, height - 0.02)),
              colour.lighter(0.1),
              colour,
              1,
              0);
      case LONG ->
          canvas.paint(
              cap.without(Region.ellipse(-0.42 + parting * 0.3, 0.3, width * 0.98, height * 0.98))
                  .without(Region.ellipse(0.42 + parting * 0.3, 0.3, width * 0.98, height * 0.98)),
              colour.lighter(0.14),
              colour,
              1,
              0);
      case CURLY -> {
        Region fringe = Region.disc(0, -0.58, 0.16);
        for (int mirror = -1; mirror <= 1; mirror += 2) {
          fringe =
              fringe
                  .or(Region.disc(mirror * 0.22, -0.55, 0.16))
                  .or(Region.disc(mirror * 0.42, -0.42, 0.15));
        }
        canvas.paint(fringe, colour.lighter(0.1), colour.darker(0.1), 1, 0);
      }
      case NONE ->
          canvas.paint(
              Region.ellipse(-0.2, -0.44, 0.12, 0.08), Colour.WHITE, Colour.WHITE, 0.35, 0.12);
    }
  }
}

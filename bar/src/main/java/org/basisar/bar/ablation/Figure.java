package org.basisar.bar.ablation;

import java.util.List;

/**
 * A figure that arms are compared by.
 *
 * @param name as in an arm's evaluation
 * @param title as in a sentence
 * @param lowerIsBetter which way is good
 */
record Figure(String name, String title, boolean lowerIsBetter) {
  static final Figure VALIDATION = new Figure("validation error", "validation error", true);
  static final Figure FRECHET = new Figure("frechet", "Fréchet distance", true);

  /** Those that every table shows, by which the paper's order is judged first. */
  static final List<Figure> COMMON =
      List.of(
          VALIDATION,
          FRECHET,
          new Figure("kernel", "kernel distance", true),
          new Figure("precision", "precision", false),
          new Figure("recall", "recall", false),
          new Figure("accuracy", "class accuracy", false));

  /** The heading of its column. */
  String heading() {
    return title + (lowerIsBetter ? " ↓" : " ↑");
  }
}

package org.basisar.bar.data;

/** One class of procedural pictures: its name and how one of them is drawn. */
record Scene(String name, Drawing drawing) {
  /** Draws onto a blank canvas, all choices from {@code draws}. */
  @FunctionalInterface
  interface Drawing {
    void draw(Canvas canvas, Draws draws);
  }
}

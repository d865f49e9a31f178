package org.basisar.gpu.sim;

import org.jspecify.annotations.Nullable;

/** A variable of a module, kernel or function. */
final class PtxVariable {
  private final String name;
  private final String space;
  private final int alignment;
  private final int bytes;
  private final boolean dynamic;
  private final byte @Nullable [] initial;

  /**
   * A variable.
   *
   * @param space {@code .global}, {@code .const}, {@code .shared}, {@code .local}, {@code .param}
   * @param dynamic whether the launch decides the size, as of {@code extern __shared__}
   */
  PtxVariable(
      String name,
      String space,
      int alignment,
      int bytes,
      boolean dynamic,
      byte @Nullable [] initial) {
    this.name = name;
    this.space = space;
    this.alignment = alignment;
    this.bytes = bytes;
    this.dynamic = dynamic;
    this.initial = initial;
  }

  String name() {
    return name;
  }

  String space() {
    return space;
  }

  int alignment() {
    return alignment;
  }

  int bytes() {
    return bytes;
  }

  boolean dynamic() {
    return dynamic;
  }

  byte @Nullable [] initial() {
    return initial;
  }
}

package org.basisar.gpu.sim;

import org.jspecify.annotations.Nullable;

/** An instruction of a {@link Program}, ready to run. */
final class Step {
  /** How the warp's scheduler treats a step. */
  enum Kind {
    /** Lanes that are here run it, whichever they are. */
    PLAIN,
    /** Moves the program counter. */
    BRANCH,
    /** Ends the lanes. */
    RETURN,
    /** Waits for the block. */
    BARRIER,
    /** Waits until the lanes it names are all here. */
    TOGETHER
  }

  /** What a step does to the lanes in the mask. */
  @FunctionalInterface
  interface Effect {
    void run(Warp warp, int mask);
  }

  static final Effect NOTHING = (_, _) -> {};

  Kind kind = Kind.PLAIN;
  Effect effect = NOTHING;

  /** Slot of the guarding predicate, or -1. */
  int guard = -1;

  boolean guardNegated;

  /** Where a branch goes. */
  int target;

  /** Which barrier a barrier is. */
  int barrier;

  /** Slot of the register with the member mask, or -1 if the whole warp is meant. */
  int members = -1;

  /** What a barrier hands out to the threads besides order, or null. */
  @Nullable Reduction reduction;

  /** A vote across the block. */
  record Reduction(int source, boolean negated, String operation, int target) {}
}

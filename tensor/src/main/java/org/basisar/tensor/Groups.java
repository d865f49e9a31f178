package org.basisar.tensor;

/** The rule by which one modulation row serves a run of tokens: [B, G, D] against [B, N, D]. */
final class Groups {
  private Groups() {}

  static void check(Op op, Tensor tokens, Tensor groups, String role) {
    Checks.rank(op, tokens, 3, "tokens");
    Checks.rank(op, groups, 3, role);
    Shape t = tokens.shape();
    Shape g = groups.shape();
    Checks.require(
        g.dim(0) == t.dim(0) && g.dim(2) == t.dim(2) && g.dim(1) > 0 && t.dim(1) % g.dim(1) == 0,
        op,
        role + " " + g + " must be [batch, groups, width] with groups dividing the tokens of " + t,
        t,
        g);
  }

  /** One time [B, G] per image and group of tokens. */
  static void checkTime(Op op, Shape tokens, Tensor time) {
    Checks.rank(op, time, 2, "time");
    Shape t = time.shape();
    Checks.require(
        t.dim(0) == tokens.dim(0) && t.dim(1) > 0 && tokens.dim(1) % t.dim(1) == 0,
        op,
        "time " + t + " must be [batch, groups] with groups dividing the tokens of " + tokens,
        tokens,
        t);
  }
}

package org.basisar.tensor;

/**
 * Counter-based random numbers, Philox4x32-10: the same numbers on every device, from any number of
 * threads, and from any place in a run.
 *
 * <p>A number is a function of (seed, step, call, element). The seed and the step lie in a small
 * device tensor, so that a captured {@link Program} draws new numbers on every replay; the call
 * index counts the draws within one step. {@link #advance} begins the next step.
 *
 * <p>Layout: key = (seed low, seed high), counter = (element / 4, call, step low, step high);
 * element i takes word i mod 4 of its block.
 */
public final class Random implements AutoCloseable {
  private final Tensor state; // I32 [4]: seed low, seed high, step low, step high
  private final int[] host = new int[4];
  private int call;

  /** A generator at step 0 of this seed. */
  public Random(long seed) {
    this(seed, 0);
  }

  /** A generator at any step, as a resumed run needs it. */
  public Random(long seed, long step) {
    host[0] = (int) seed;
    host[1] = (int) (seed >>> 32);
    host[2] = (int) step;
    host[3] = (int) (step >>> 32);
    // The generator outlives the scope it happens to be made in.
    this.state = Scope.outside(() -> Tensor.of(host, 4));
  }

  /** The step that the next draw belongs to. */
  public long step() {
    return (host[2] & 0xffffffffL) | ((long) host[3] << 32);
  }

  /** The seed. */
  public long seed() {
    return (host[0] & 0xffffffffL) | ((long) host[1] << 32);
  }

  /** Begins the next step: draws start again at call 0 with fresh numbers. */
  public void advance() {
    seek(step() + 1);
  }

  /** Goes to the beginning of a step. */
  public void seek(long step) {
    host[2] = (int) step;
    host[3] = (int) (step >>> 32);
    state.copyFrom(host, 0);
    call = 0;
  }

  /** The index of the next draw within the step; saved and restored by recomputation. */
  public int call() {
    return call;
  }

  /** Goes back (or forward) to a draw within the step. */
  public void call(int next) {
    call = next;
  }

  /** Takes the next call index. */
  public int nextCall() {
    return call++;
  }

  /** The device tensor I32 [4] that operations read seed and step from. */
  public Tensor state() {
    return state;
  }

  /** Independent standard normal numbers. */
  public Tensor normal(DType dtype, int... dims) {
    return draw(new Generation.Normal(Shape.of(dims), dtype, nextCall()), dtype);
  }

  /** Independent uniform numbers in [0, 1). */
  public Tensor uniform(DType dtype, int... dims) {
    return draw(new Generation.Uniform(Shape.of(dims), dtype, nextCall()), dtype);
  }

  private Tensor draw(Generation op, DType dtype) {
    Device device = state.device().holding(dtype);
    if (device == state.device()) {
      return Engine.run(op, state)[0];
    }
    try (Scope scope = Scope.open()) {
      return scope.keep(Engine.run(op, state.to(device))[0]);
    }
  }

  /** Dropout with a fresh mask; returns x itself when the rate is 0. */
  public Tensor dropout(Tensor x, double rate) {
    return rate == 0 ? x : Engine.run(new Generation.Dropout(rate, nextCall()), x, state)[0];
  }

  static void checkState(Op op, Tensor state) {
    Checks.dtype(op, state, DType.I32, "random state");
    Checks.shape(op, state, Shape.of(4), "random state");
  }

  /** Releases the device state. */
  @Override
  public void close() {
    state.close();
  }
}

package org.basisar.bar.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.basisar.autograd.Gradients;
import org.basisar.autograd.Tape;
import org.basisar.nn.AdamW;
import org.basisar.nn.Parameter;
import org.basisar.tensor.DType;
import org.basisar.tensor.Download;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Program;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * An optimiser step as programs, whatever is trained: captured at their first run and replayed
 * afterwards, so that a steady step allocates nothing. With accumulation the micro-batches and the
 * update are captured apart.
 */
public final class StepPrograms implements AutoCloseable {
  /** What is trained. */
  public interface Body {
    /**
     * Gets a micro-batch ready before its program runs.
     *
     * @param number of the micro-batch since the beginning of the run
     * @return its variant: micro-batches of one variant have the same shapes and share a program
     */
    int load(long number);

    /** The loss of the micro-batch that is ready; captured. */
    Loss loss();

    /** Makes the next micro-batch while the one that was loaded is computed. */
    default void ahead(long next) {}

    /** Scalars to be measured after the update; captured. */
    default List<Tensor> measured() {
      return List.of();
    }
  }

  /**
   * A loss.
   *
   * @param total what is minimised
   * @param parts scalars to be reported
   */
  public record Loss(Tensor total, List<Tensor> parts) {}

  /** Follows replays launch by launch, for profiles. */
  public interface Watcher {
    /** A captured program is about to be replayed; {@link #launched} counts its launches. */
    void begins(Program program);

    /** A launch was queued, on the processor it has ended. */
    void launched(int index);
  }

  /** What a step left behind. */
  public static final class Figures {
    private final double[] losses;
    private final double[] rest; // gradient norm, then what was measured

    private Figures(double[] losses, double[] rest) {
      this.losses = losses;
      this.rest = rest;
    }

    /** A part of the loss, the mean over micro-batches. */
    public double loss(int part) {
      return losses[part];
    }

    /** The norm of the gradient before clipping. */
    public double gradientNorm() {
      return rest[0];
    }

    /** What was measured after the update. */
    public double measured(int index) {
      return rest[1 + index];
    }
  }

  private final AdamW optimizer;
  private final int accumulation;
  private final Body body;
  private final Map<Parameter, Tensor> accumulated = new LinkedHashMap<>();
  private final LinkedHashMap<Integer, Captured> forwards = new LinkedHashMap<>(); // by variant
  private @Nullable Captured update;
  private @Nullable Watcher watcher;

  /** A captured program with the scalars it leaves behind: parts of the loss, then the rest. */
  private record Captured(
      Program program, List<Tensor> losses, List<Tensor> rest, List<Download> downloads) {
    /**
     * Takes the scalars that the run just launched will leave, to be waited for when they are read.
     *
     * @param part which of a step's runs of this program it is
     */
    Download take(int part) {
      while (downloads.size() <= part) {
        List<Tensor> all = new ArrayList<>(losses);
        all.addAll(rest);
        downloads.add(new Download(all.toArray(new Tensor[0])));
      }
      Download download = downloads.get(part);
      download.start();
      return download;
    }

    void close() {
      downloads.forEach(Download::close);
      losses.forEach(Tensor::close);
      rest.forEach(Tensor::close);
      program.close();
    }
  }

  /** The scalars of a program, collected while it is captured. */
  private static final class Results {
    final List<Tensor> losses = new ArrayList<>();
    final List<Tensor> rest = new ArrayList<>();

    static void keep(List<Tensor> list, Tensor tensor) {
      list.add(Scope.outside(tensor::detach));
    }
  }

  /**
   * Steps of an optimiser, which stays the caller's to prepare and to close.
   *
   * @param accumulation micro-batches per step
   */
  public StepPrograms(AdamW optimizer, int accumulation, Body body) {
    this.optimizer = optimizer;
    this.accumulation = accumulation;
    this.body = body;
  }

  /** Has later replays followed launch by launch, which a device with graphs is slower at. */
  public void watch(Watcher follower) {
    watcher = follower;
  }

  /**
   * Does one step; the optimiser is prepared for it.
   *
   * @param step steps done before
   */
  public Figures advance(long step) {
    List<Download> parts = new ArrayList<>();
    Captured last = null;
    for (int part = 0; part < accumulation; part++) {
      long number = step * accumulation + part;
      last = forward(body.load(number));
      parts.add(last.take(part));
      body.ahead(number + 1);
    }
    if (last == null) {
      throw new IllegalStateException("a step has no micro-batches");
    }
    int losses = last.losses().size();
    if (accumulation == 1) {
      return figures(parts, losses, parts.getFirst(), losses, last.rest().size());
    }
    update = run(update, this::updateFromAccumulated, null);
    return figures(parts, losses, update.take(0), 0, update.rest().size());
  }

  private static Figures figures(
      List<Download> parts, int losses, Download last, int from, int rest) {
    double[] means = new double[losses];
    for (Download part : parts) {
      for (int i = 0; i < losses; i++) {
        means[i] += part.value(i) / parts.size();
      }
    }
    double[] after = new double[rest];
    Arrays.setAll(after, i -> last.value(from + i));
    return new Figures(means, after);
  }

  /** One program per variant, all in the memory of the first. */
  private Captured forward(int variant) {
    Program lender = forwards.isEmpty() ? null : forwards.firstEntry().getValue().program();
    Capture capture = accumulation == 1 ? this::wholeStep : this::accumulate;
    Captured captured = run(forwards.get(variant), capture, lender);
    forwards.putIfAbsent(variant, captured);
    return captured;
  }

  /** What a program does when it is captured. */
  @FunctionalInterface
  private interface Capture {
    void run(Results results);
  }

  private Captured run(@Nullable Captured captured, Capture capture, @Nullable Program lender) {
    if (captured != null) {
      replay(captured.program());
      return captured;
    }
    Results results = new Results();
    Program program =
        Scope.guarded(() ->
            Program.capture(
                () -> {
                  try (Scope _ = Scope.open()) {
                    capture.run(results);
                  }
                },
                lender));
    return new Captured(program, results.losses, results.rest, new ArrayList<>());
  }

  private void replay(Program program) {
    Watcher follower = watcher;
    if (follower == null) {
      program.replay();
    } else {
      follower.begins(program);
      program.replay(follower::launched);
    }
  }

  private void wholeStep(Results results) {
    try (Tape tape = Tape.open()) {
      Gradients gradients = gradients(tape, results);
      update(results, parameter -> gradients.of(parameter.tensor()));
    }
    measure(results);
  }

  private void accumulate(Results results) {
    double share = 1.0 / accumulation;
    try (Tape tape = Tape.open()) {
      Gradients gradients = gradients(tape, results);
      for (Parameter parameter : optimizer.parameters().values()) {
        Tensor sum = accumulated.computeIfAbsent(parameter, StepPrograms::zeros);
        Ops.addInto(sum, Ops.scale(gradients.of(parameter.tensor()), share));
      }
    }
  }

  private void updateFromAccumulated(Results results) {
    update(results, parameter -> accumulated.computeIfAbsent(parameter, StepPrograms::zeros));
    accumulated.values().forEach(sum -> Ops.copyInto(sum, Ops.fill(sum.shape(), sum.dtype(), 0)));
    measure(results);
  }

  private Gradients gradients(Tape tape, Results results) {
    optimizer.parameters().values().forEach(parameter -> tape.watch(parameter.tensor()));
    Loss loss = body.loss();
    Gradients gradients = tape.backward(loss.total());
    loss.parts().forEach(part -> Results.keep(results.losses, part));
    return gradients;
  }

  private void update(Results results, Function<Parameter, Tensor> gradients) {
    Results.keep(results.rest, optimizer.update(gradients));
  }

  private void measure(Results results) {
    body.measured().forEach(scalar -> Results.keep(results.rest, scalar));
  }

  private static Tensor zeros(Parameter parameter) {
    DType dtype = parameter.tensor().dtype();
    int size = parameter.shape().size();
    int[] dims = parameter.shape().dims();
    // Written by the host, not by a launch, so that a replay does not clear it again.
    return Scope.outside(() ->
        dtype == DType.F32
            ? Tensor.of(new float[size], dims)
            : Tensor.of(dtype, new double[size], dims));
  }

  /** Bytes that captured programs hold for activations and gradients. */
  public long workspaceBytes() {
    return forwards.values().stream().mapToLong(captured -> captured.program().bytes()).sum()
        + (update == null ? 0 : update.program().bytes());
  }

  @Override
  public void close() {
    forwards.sequencedValues().reversed().forEach(Captured::close);
    if (update != null) {
      update.close();
    }
    accumulated.values().forEach(Tensor::close);
  }
}

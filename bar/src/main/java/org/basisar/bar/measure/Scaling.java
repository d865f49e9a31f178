package org.basisar.bar.measure;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.basisar.bar.basis.Projection;
import org.basisar.bar.basis.ResidualForms;
import org.basisar.bar.train.RunConfig;
import org.basisar.bar.xar.XarConfig;
import org.basisar.tensor.Basis;
import org.basisar.tensor.DType;
import org.basisar.tensor.Device;
import org.basisar.tensor.Engine;
import org.basisar.tensor.Matrix;
import org.basisar.tensor.Op;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Program;
import org.basisar.tensor.Random;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;
import org.basisar.tensor.cpu.Workers;

/**
 * How time and memory of the hot paths grow with tokens, batch, width and threads on the current
 * device. The extents of one curve are measured in turn, so that no drift of the machine looks like
 * growth.
 */
public final class Scaling {
  private static final int CHANNELS = 16;
  private static final int ROUNDS = 5;

  /**
   * How many times a point's time a whole step is run before it counts: Java's compiler needs
   * seconds for one, and steps before that were seen to take four times as long.
   */
  private static final int WARM = 60;

  private final List<ThreadCeilings> ceilings;
  private final double seconds;
  private final boolean quick;
  private final Consumer<GrowthCurve> listener;

  /**
   * Measurements.
   *
   * @param ceilings of the same device
   * @param seconds that a point should take in a round
   * @param quick whether fewer and smaller extents will do
   * @param listener is told each curve as soon as it is known
   */
  public Scaling(
      List<ThreadCeilings> ceilings,
      double seconds,
      boolean quick,
      Consumer<GrowthCurve> listener) {
    this.ceilings = List.copyOf(ceilings);
    this.seconds = seconds;
    this.quick = quick;
    this.listener = listener;
  }

  /**
   * What is timed at one extent.
   *
   * @param roof the seconds it should take at the ceilings, NaN if that is not known
   * @param end gives its memory back
   */
  private record Subject(Runnable body, double roof, Runnable end) {
    Subject(Runnable body, double roof) {
      this(body, roof, () -> {});
    }
  }

  /** Measures all curves. */
  public void measure() {
    tokens();
    batch();
    width();
    if (Device.current() == Device.CPU && Workers.threads() > 1) {
      threads();
    }
  }

  private void tokens() {
    int[] extents = quick ? new int[] {16, 32, 64} : new int[] {64, 128, 256, 512, 1024};
    int[] small = quick ? extents : new int[] {32, 64, 128, 256};
    int batch = quick ? 4 : 64;
    curve(
        "basis transform",
        "tokens N",
        "N²: 2·N²·B·C operations",
        2,
        extents,
        n -> transform(batch, n));
    curve(
        "residual loss and gradient",
        "tokens N",
        "N²: 14·N²·B·C operations",
        2,
        extents,
        n -> residual(batch, n));
    curve(
        "orthogonality, the certificate",
        "tokens N",
        "N³: 2·N³ operations",
        3,
        extents,
        n -> orthogonality(n));
    int few = quick ? 1 : 4;
    curve(
        "residual loss by Algorithm 1",
        "tokens N",
        "N³: N products of N·k·B·C",
        3,
        small,
        n -> literal(few, n));
    if (Device.current() == Device.CPU) {
      curve("projection by decomposition", "tokens N", "N³", 3, small, Scaling::projection);
    }
  }

  private void batch() {
    int[] extents = quick ? new int[] {1, 4, 16} : new int[] {1, 4, 16, 64, 256, 1024};
    int tokens = quick ? 16 : 256;
    curve("basis transform", "batch B", "B", 1, extents, b -> transform(b, tokens));
    curve("residual loss and gradient", "batch B", "B", 1, extents, b -> residual(b, tokens));
    int[] steps = quick ? new int[] {1, 4} : new int[] {1, 4, 16, 64};
    step("batch B", "B", 1, "B", 1, steps, b -> setting(64, b));
  }

  private void width() {
    int[] extents = quick ? new int[] {16, 32} : new int[] {64, 128, 256, 512};
    int rows = quick ? 64 : 1024;
    curve("linear layer", "width D", "D²: 2·rows·D² operations", 2, extents, d -> linear(rows, d));
    int[] steps = quick ? new int[] {16, 32} : new int[] {32, 64, 128, 256};
    step(
        "width D",
        "D², of the products",
        2,
        "D² of the weights, D of the activations",
        2,
        steps,
        d -> setting(d, quick ? 2 : 16));
  }

  private void threads() {
    int all = Workers.threads();
    List<Integer> counts = new ArrayList<>();
    for (int count = 1; count < all; count *= 2) {
      counts.add(count);
    }
    counts.add(all);
    int[] extents = counts.stream().mapToInt(Integer::intValue).toArray();
    int tokens = quick ? 64 : 256;
    int images = quick ? 4 : 64;
    String law = "1/threads";
    StepRun run = new StepRun(StepCost.Row.RESIDUAL, setting(64, quick ? 2 : 16));
    warm(run);
    Subject step = new Subject(run::advance, Double.NaN, run::close);
    try (Scope _ = Scope.open()) {
      Subject transform = transform(images, tokens);
      Subject linear = linear(quick ? 64 : 4096, 256);
      curve("basis transform", "threads", law, -1, extents, t -> with(t, transform));
      curve("linear layer", "threads", law, -1, extents, t -> with(t, linear));
      curve("training step", "threads", law, -1, extents, t -> with(t, step));
      transform.end.run();
      linear.end.run();
    } finally {
      step.end.run();
      Workers.configure(all);
    }
  }

  private Subject with(int threads, Subject subject) {
    double one = ceilings.getFirst().product();
    double these =
        ceilings.stream()
            .filter(row -> row.threads() == threads)
            .mapToDouble(ThreadCeilings::product)
            .findFirst()
            .orElse(Double.NaN);
    double most = ceilings.getLast().product();
    double factor = one > 0 ? most / these : Double.NaN;
    return new Subject(
        () -> {
          Workers.configure(threads);
          subject.body.run();
        },
        subject.roof * factor);
  }

  private void curve(
      String name,
      String axis,
      String law,
      double exponent,
      int[] extents,
      IntFunction<Subject> subjects) {
    List<Subject> made = new ArrayList<>();
    try (Scope _ = Scope.open()) {
      for (int extent : extents) {
        made.add(subjects.apply(extent));
      }
      List<Timing> timings =
          Interleaved.of(
              Device.current(), seconds, ROUNDS, made.stream().map(Subject::body).toList());
      List<GrowthCurve.Point> points = new ArrayList<>();
      for (int i = 0; i < extents.length; i++) {
        Timing timing = timings.get(i);
        points.add(
            new GrowthCurve.Point(
                extents[i],
                timing.median() * 1e3,
                timing.least() * 1e3,
                timing.most() * 1e3,
                made.get(i).roof * 1e3));
      }
      listener.accept(new GrowthCurve(name, axis, "ms", law, exponent, points));
    } finally {
      made.forEach(subject -> subject.end.run());
    }
    Device.current().trim();
  }

  /** Time and memory of a training step with the residual objective. */
  private void step(
      String axis,
      String timeLaw,
      double timeExponent,
      String memoryLaw,
      double memoryExponent,
      int[] extents,
      IntFunction<StepSetting> settings) {
    curve(
        "training step",
        axis,
        timeLaw,
        timeExponent,
        extents,
        extent -> {
          StepRun run = new StepRun(StepCost.Row.RESIDUAL, settings.apply(extent));
          warm(run);
          return new Subject(run::advance, Double.NaN, run::close);
        });
    List<GrowthCurve.Point> points = new ArrayList<>();
    for (int extent : extents) {
      double megabytes = StepRun.peak(StepCost.Row.RESIDUAL, settings.apply(extent)).bytes() / 1e6;
      points.add(new GrowthCurve.Point(extent, megabytes, megabytes, megabytes, Double.NaN));
    }
    listener.accept(
        new GrowthCurve("training step", axis, "MB", memoryLaw, memoryExponent, points));
  }

  private void warm(StepRun run) {
    run.warm(quick ? 0 : WARM * seconds);
  }

  private static StepSetting setting(int width, int batch) {
    XarConfig network =
        new XarConfig(
            8, 2, 12, width, Math.max(1, width / 32), 2, XarConfig.publishedMlpWidth(width), 12, 0);
    return new StepSetting(network, batch, RunConfig.Precision.FP32);
  }

  private Subject transform(int batch, int tokens) {
    try (Random random = new Random(1)) {
      Tensor a = random.normal(DType.F32, tokens, tokens);
      Tensor x = random.normal(DType.F32, batch, tokens, CHANNELS);
      return operation(new Basis.Transform(false), a, x);
    }
  }

  private Subject residual(int batch, int tokens) {
    try (Random random = new Random(1)) {
      Tensor a = random.normal(DType.F32, tokens, tokens);
      Tensor x = random.normal(DType.F32, batch, tokens, CHANNELS);
      Tensor prediction = random.normal(DType.F32, batch, tokens, CHANNELS);
      Tensor one = Ops.fill(Shape.SCALAR, DType.F32, 1);
      Op loss = new Basis.ResidualLoss();
      Op gradient = new Basis.ResidualLossGradient();
      double roof = roof(loss.cost(a, x, prediction)) + roof(gradient.cost(a, x, prediction, one));
      return captured(
          () -> {
            Engine.run(loss, a, x, prediction);
            Engine.run(gradient, a, x, prediction, one);
          },
          roof);
    }
  }

  private Subject orthogonality(int tokens) {
    try (Random random = new Random(1)) {
      return operation(new Basis.Orthogonality(), random.normal(DType.F32, tokens, tokens));
    }
  }

  private static Subject literal(int batch, int tokens) {
    try (Random random = new Random(1)) {
      Tensor a = random.normal(DType.F32, tokens, tokens);
      Tensor x = random.normal(DType.F32, batch, tokens, CHANNELS);
      Tensor prediction = random.normal(DType.F32, batch, tokens, CHANNELS);
      return captured(() -> ResidualForms.literal(a, x, prediction), Double.NaN);
    }
  }

  private static Subject projection(int tokens) {
    try (Random random = new Random(1)) {
      Tensor a = random.normal(DType.F64, tokens, tokens);
      return new Subject(
          () -> {
            try (Scope _ = Scope.open()) {
              Projection.clamp(a, 0.5);
            }
          },
          Double.NaN);
    }
  }

  private Subject linear(int rows, int width) {
    try (Random random = new Random(1)) {
      return operation(
          new Matrix.Linear(false, false, Matrix.Epilogue.NONE),
          random.normal(DType.F32, rows, width),
          random.normal(DType.F32, width, width));
    }
  }

  private Subject operation(Op op, Tensor... inputs) {
    return captured(() -> Engine.run(op, inputs), roof(op.cost(inputs)));
  }

  private static Subject captured(Runnable body, double roof) {
    Program program = Captures.of(body);
    return new Subject(program::replay, roof, program::close);
  }

  private double roof(Op.Cost cost) {
    return ceilings.getLast().ceilings().secondsOf((double) cost.flops(), (double) cost.bytes());
  }
}

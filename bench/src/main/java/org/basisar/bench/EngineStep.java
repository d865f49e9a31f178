package org.basisar.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import org.basisar.autograd.Gradients;
import org.basisar.autograd.Tape;
import org.basisar.bar.xar.XarModel;
import org.basisar.nn.AdamW;
import org.basisar.nn.Parameter;
import org.basisar.nn.ParameterGroup;
import org.basisar.nn.Setup;
import org.basisar.tensor.DType;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Program;
import org.basisar.tensor.Random;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** Our own training step: captured at its first run, replayed afterwards, as a trainer does it. */
public final class EngineStep implements TrainingStep {
  private final Random random = new Random(3);
  private final XarModel model;
  private final AdamW optimizer;
  private final Tensor tokens;
  private final Tensor noise;
  private final Tensor time;
  private final Tensor labels;
  private @Nullable Program program;
  private @Nullable Tensor loss;
  private long steps;

  /** A step on the case's first weights, computing in {@code dtype}. */
  public EngineStep(StepCase step, DType dtype) {
    model = new XarModel(new Setup(dtype, random, random), step.config());
    Map<String, Parameter> parameters = model.parameters();
    load(parameters, step.weights(), dtype);
    optimizer =
        new AdamW(
            new AdamW.Settings(
                StepCase.BETA1,
                StepCase.BETA2,
                StepCase.EPSILON,
                StepCase.MAX_NORM,
                StepCase.AVERAGE_DECAY),
            ParameterGroup.byShape(parameters, StepCase.WEIGHT_DECAY));
    tokens = tensor(dtype, step.tokens());
    noise = tensor(dtype, step.noise());
    time = tensor(dtype, step.time());
    labels = Tensor.of(step.labels(), step.batch());
    model.training(true);
  }

  /** Gives parameters the values under their paths; all must be there. */
  static void load(
      Map<String, Parameter> parameters, Map<String, HostTensor> weights, DType dtype) {
    if (!parameters.keySet().equals(weights.keySet())) {
      throw new IllegalStateException(
          "parameters " + parameters.keySet() + " do not match weights " + weights.keySet());
    }
    weights.forEach((path, values) -> {
      Parameter parameter = parameters.get(path);
      if (parameter != null) {
        try (Tensor source = tensor(dtype, values)) {
          Ops.copyInto(parameter.tensor(), source);
        }
      }
    });
  }

  /** A host tensor on the CPU in {@code dtype}. */
  static Tensor tensor(DType dtype, HostTensor values) {
    if (dtype == DType.F32) {
      return Tensor.of(values.values(), values.dims());
    }
    double[] wide = new double[values.values().length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = values.values()[i];
    }
    return Tensor.of(dtype, wide, values.dims());
  }

  @Override
  public double step() {
    optimizer.prepare(steps++, StepCase.LEARNING_RATE);
    if (program != null) {
      program.replay();
    } else {
      program =
          Program.capture(() -> {
            try (Scope _ = Scope.open()) {
              body();
            }
          });
    }
    if (loss == null) {
      throw new IllegalStateException("the step left no loss");
    }
    return loss.item();
  }

  private void body() {
    try (Tape tape = Tape.open()) {
      optimizer.parameters().values().forEach(parameter -> tape.watch(parameter.tensor()));
      Tensor noisy = Ops.interpolate(tokens, noise, time);
      Tensor timeIndex = Ops.trunc(Ops.scale(time, 1000));
      Tensor velocity = model.forward(noisy, timeIndex, labels);
      Tensor mean = Ops.mean(Ops.square(Ops.sub(velocity, Ops.sub(noise, tokens))));
      Gradients gradients = tape.backward(mean);
      optimizer.update(parameter -> gradients.of(parameter.tensor()));
      loss = Scope.outside(mean::detach);
    }
  }

  /** Launches in one replay. */
  public int launches() {
    return program == null ? 0 : program.size();
  }

  /** What each launch of the step computes; the first step must have run. */
  List<Program.Entry> entries() {
    return captured().entries();
  }

  /**
   * A later step, launch by launch.
   *
   * @param meter called after each launch with its index in {@link #entries}
   */
  void step(IntConsumer meter) {
    optimizer.prepare(steps++, StepCase.LEARNING_RATE);
    captured().replay(meter);
  }

  private Program captured() {
    if (program == null) {
      throw new IllegalStateException("the first step has not run yet");
    }
    return program;
  }

  @Override
  public void close() {
    List<Tensor> owned = new ArrayList<>(List.of(tokens, noise, time, labels));
    if (loss != null) {
      owned.add(loss);
    }
    owned.forEach(Tensor::close);
    if (program != null) {
      program.close();
    }
    optimizer.close();
    model.close();
    random.close();
  }
}

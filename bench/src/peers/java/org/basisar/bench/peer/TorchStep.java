package org.basisar.bench.peer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.basisar.bench.StepCase;
import org.basisar.bench.TrainingStep;

/**
 * The training step on libtorch through DJL: autograd as libtorch has it, AdamW as DJL has it, the
 * moving average by two operations in place.
 */
final class TorchStep implements TrainingStep {
  private final NDManager manager;
  private final StepCase step;
  private final TorchNetwork network;
  private final Map<String, State> states = new LinkedHashMap<>();
  private final NDArray tokens;
  private final NDArray noise;
  private final NDArray time;
  private final NDArray labels;
  private final NDArray one;
  private int steps;

  private record State(
      NDArray weight, NDArray first, NDArray second, NDArray average, float decay) {}

  TorchStep(StepCase step, int threads) {
    this.step = step;
    manager = Torch.open(threads);
    network = new TorchNetwork(manager, step.config(), step.weights());
    network.weights().forEach((path, weight) -> states.put(path, state(path, weight)));
    tokens = Torch.tensor(manager, step.tokens());
    noise = Torch.tensor(manager, step.noise());
    time = Torch.tensor(manager, step.time());
    labels = manager.create(step.labels());
    one = manager.create(1f);
  }

  private static State state(String path, NDArray weight) {
    boolean decays = StepCase.decays(path, weight.getShape().dimension());
    NDArray average = weight.duplicate();
    JniUtils.attachGradient((PtNDArray) average, false);
    return new State(
        weight,
        weight.zerosLike(),
        weight.zerosLike(),
        average,
        decays ? (float) StepCase.WEIGHT_DECAY : 0);
  }

  @Override
  public double step() {
    try (NDScope scope = new NDScope()) {
      scope.suppressNotUsedWarning();
      states.values().forEach(state -> Torch.clearGradient(state.weight()));
      NDArray loss = forwardBackward();
      update();
      return loss.getFloat();
    }
  }

  private NDArray forwardBackward() {
    NDArray share = time.repeat(1, step.config().order().cellTokens()).expandDims(2); // [B, N, 1]
    NDArray noisy = tokens.mul(share.neg().add(1)).add(noise.mul(share));
    NDArray timeIndex = time.mul(1000f).trunc();
    NDArray target = noise.sub(tokens);
    Torch.recording(true);
    try {
      NDArray loss = network.forward(noisy, timeIndex, labels).sub(target).square().mean();
      Torch.backward(loss, one);
      return loss;
    } finally {
      Torch.recording(false);
    }
  }

  private void update() {
    List<NDArray> gradients = new ArrayList<>();
    double squares = 0;
    for (State state : states.values()) {
      NDArray gradient = state.weight().getGradient();
      gradients.add(gradient);
      float norm = gradient.norm().getFloat();
      squares += (double) norm * norm;
    }
    float rescale = (float) Math.min(1, StepCase.MAX_NORM / (Math.sqrt(squares) + 1e-6));
    steps++;
    float rate = (float) StepCase.LEARNING_RATE;
    double first = 1 - Math.pow(StepCase.BETA1, steps);
    double second = 1 - Math.pow(StepCase.BETA2, steps);
    float corrected = (float) (rate * Math.sqrt(second) / first);
    // DJL adds epsilon to the uncorrected root, so it gets the one that amounts to ours.
    float epsilon = (float) (StepCase.EPSILON * Math.sqrt(second));
    int index = 0;
    for (State state : states.values()) {
      JniUtils.adamUpdate(
          (PtNDArray) state.weight(),
          (PtNDArray) gradients.get(index++),
          (PtNDArray) state.first(),
          (PtNDArray) state.second(),
          rate,
          corrected,
          state.decay(),
          rescale,
          -1,
          (float) StepCase.BETA1,
          (float) StepCase.BETA2,
          epsilon,
          true);
      float keep = (float) StepCase.AVERAGE_DECAY;
      state.average().muli(keep).addi(state.weight().mul(1 - keep));
    }
  }

  @Override
  public void close() {
    manager.close();
  }
}

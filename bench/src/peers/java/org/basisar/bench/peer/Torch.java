package org.basisar.bench.peer;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Map;
import org.basisar.bench.HostTensor;

/** What the peers have in common: libtorch with a number of threads, and tensors for it. */
final class Torch {
  private Torch() {}

  /** A manager of libtorch's tensors; all of libtorch computes on {@code threads} from now on. */
  static NDManager open(int threads) {
    NDManager manager = NDManager.newBaseManager("PyTorch");
    JniUtils.setNumThreads(threads);
    JniUtils.setGradMode(false);
    return manager;
  }

  /** Version and build of the libtorch in use. */
  static String version() {
    return "libtorch " + Engine.getEngine("PyTorch").getVersion() + ", " + JniUtils.getFeatures();
  }

  /** A host tensor in libtorch's memory. */
  static NDArray tensor(NDManager manager, HostTensor values) {
    return manager.create(FloatBuffer.wrap(values.values()), shape(values.dims()));
  }

  /** Extents as DJL has them. */
  static Shape shape(int... dims) {
    return new Shape(Arrays.stream(dims).asLongStream().toArray());
  }

  /** The weight of a name. */
  static NDArray weight(Map<String, NDArray> weights, String name) {
    NDArray weight = weights.get(name);
    if (weight == null) {
      throw new IllegalArgumentException("there is no weight " + name);
    }
    return weight;
  }

  /** x·weightᵀ + bias with the weight and bias of a layer. */
  static NDArray linear(NDArray x, Map<String, NDArray> weights, String layer) {
    NDArray weight = weight(weights, layer + ".weight");
    NDList result = x.getNDArrayInternal().linear(x, weight, weight(weights, layer + ".bias"));
    return result.singletonOrThrow();
  }

  /** From now on operations are recorded for {@link #backward}, or no longer. */
  static void recording(boolean on) {
    JniUtils.setGradMode(on);
  }

  /** Adds ∂loss/∂leaf to the gradient of every leaf; {@code seed} is ∂loss/∂loss. */
  static void backward(NDArray loss, NDArray seed) {
    JniUtils.backward((PtNDArray) loss, (PtNDArray) seed, false, false);
  }

  /** Makes an array a leaf whose gradient is wanted. */
  static void watch(NDArray leaf) {
    JniUtils.attachGradient((PtNDArray) leaf, true);
  }

  /** Clears a leaf's gradient. */
  static void clearGradient(NDArray leaf) {
    JniUtils.zeroGrad((PtNDArray) leaf);
  }
}

package org.basisar.bar.metrics;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.IntConsumer;
import java.util.zip.CRC32C;
import org.basisar.autograd.Gradients;
import org.basisar.autograd.Tape;
import org.basisar.bar.data.ImageData;
import org.basisar.bar.train.PixelTokens;
import org.basisar.nn.AdamW;
import org.basisar.nn.LearningRate;
import org.basisar.nn.ParameterGroup;
import org.basisar.nn.Setup;
import org.basisar.nn.Weights;
import org.basisar.tensor.DType;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Program;
import org.basisar.tensor.Random;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;

/**
 * A small classifier trained on a data set, whose last layer's inputs are the features that sets of
 * images are compared in. Deterministic: the same data and device give the same features.
 */
public final class FeatureNetwork implements AutoCloseable {
  /** Optimiser steps of the training. */
  public static final int STEPS = 600;

  private static final int BATCH = 64;
  private static final int WARMUP = 30;
  private static final double RATE = 2e-3;
  private static final long SEED = 0x66656174L;

  /** Patches along each side, if the image's side allows it. */
  private static final int GRID = 8;

  private final Random random = new Random(SEED);
  private final PixelTokens patches;
  private final ImageClassifier network;

  private FeatureNetwork(ImageData data) {
    int side = data.side();
    int patch = side % GRID == 0 ? side / GRID : smallestDivisor(side);
    patches = new PixelTokens(side, data.channels(), patch, 1, 1);
    network =
        new ImageClassifier(
            new Setup(DType.F32, random, random),
            side / patch,
            patches.dimension(),
            data.classNames().size());
  }

  /** The smallest patch that leaves at most 16 x 16 of them. */
  private static int smallestDivisor(int side) {
    for (int patch = 1; patch < side; patch++) {
      if (side % patch == 0 && side / patch <= 2 * GRID) {
        return patch;
      }
    }
    return side;
  }

  /**
   * The network of a data set, read from a file if it was trained before on the same data, else
   * trained and written there.
   *
   * @param folder where trained networks are kept
   * @param progress is told every step done of {@link #STEPS}
   */
  public static FeatureNetwork of(ImageData data, Path folder, IntConsumer progress)
      throws IOException {
    FeatureNetwork features = new FeatureNetwork(data);
    Map<String, Tensor> weights = new HashMap<>();
    features
        .network
        .parameters()
        .forEach((path, parameter) -> weights.put(path, parameter.tensor()));
    Path file = folder.resolve("classifier-" + fingerprint(data) + ".safetensors");
    if (Files.exists(file)) {
      Weights.read(file, weights);
      progress.accept(STEPS);
    } else {
      features.train(data, progress);
      Files.createDirectories(folder);
      Weights.write(file, weights, Map.of("data", data.describe()));
    }
    features.network.training(false);
    return features;
  }

  /** Depends on the description and on some of the pictures themselves. */
  private static String fingerprint(ImageData data) {
    CRC32C sum = new CRC32C();
    sum.update((data.describe() + data.classNames()).getBytes(StandardCharsets.UTF_8));
    float[] image = new float[data.side() * data.side() * data.channels()];
    byte[] bytes = new byte[image.length];
    int looks = Math.min(64, data.count());
    for (int look = 0; look < looks; look++) {
      data.read((int) ((long) look * data.count() / looks), false, image, 0);
      for (int i = 0; i < image.length; i++) {
        bytes[i] = (byte) Math.round((image[i] + 1) * 127.5f);
      }
      sum.update(bytes);
    }
    return Long.toHexString(sum.getValue());
  }

  private void train(ImageData data, IntConsumer progress) {
    network.training(true);
    float[] image = new float[patches.size()];
    float[] tokens = new float[BATCH * patches.size()];
    int[] labels = new int[BATCH];
    int count = patches.order().tokens();
    SplittableRandom draw = new SplittableRandom(SEED);
    LearningRate schedule = LearningRate.cosine(RATE, WARMUP, STEPS, 0);
    try (Scope _ = Scope.open();
        AdamW optimizer =
            new AdamW(
                new AdamW.Settings(0.9, 0.99, 1e-8, 1, 0.99),
                ParameterGroup.byShape(network.parameters(), 0.05))) {
      Tensor batch = Tensor.of(tokens, BATCH, count, patches.dimension());
      Tensor wanted = Tensor.of(labels, BATCH);
      Program program = null;
      for (int step = 0; step < STEPS; step++) {
        for (int i = 0; i < BATCH; i++) {
          int index = draw.nextInt(data.count());
          data.read(index, draw.nextBoolean(), image, 0);
          patches.toTokens(image, tokens, i * patches.size());
          labels[i] = data.label(index);
        }
        batch.copyFrom(tokens, 0);
        wanted.copyFrom(labels, 0);
        optimizer.prepare(step, schedule.at(step));
        if (program == null) {
          program = Program.capture(() -> step(optimizer, batch, wanted));
        } else {
          program.replay();
        }
        progress.accept(step + 1);
      }
      if (program != null) {
        program.close();
      }
    }
  }

  private void step(AdamW optimizer, Tensor batch, Tensor wanted) {
    try (Scope _ = Scope.open();
        Tape tape = Tape.open()) {
      network.parameters().values().forEach(parameter -> tape.watch(parameter.tensor()));
      Tensor loss = Ops.crossEntropy(network.logits(network.features(batch)), wanted);
      Gradients gradients = tape.backward(loss);
      optimizer.update(parameter -> gradients.of(parameter.tensor()));
    }
  }

  /**
   * What the network makes of images.
   *
   * @param features one row per image
   * @param classes the most likely class of each
   */
  public record Judgement(Features features, List<Integer> classes) {
    /** Copies the list. */
    public Judgement {
      classes = List.copyOf(classes);
    }

    /** The fraction of images whose most likely class is the one given. */
    public double accuracy(List<Integer> labels) {
      int right = 0;
      for (int i = 0; i < labels.size(); i++) {
        right += classes.get(i).equals(labels.get(i)) ? 1 : 0;
      }
      return (double) right / labels.size();
    }
  }

  /** Judges images, planar [channels, side, side] each. */
  public Judgement judge(List<float[]> images) {
    int width = ImageClassifier.WIDTH;
    double[] values = new double[images.size() * width];
    List<Integer> classes = new ArrayList<>();
    for (int first = 0; first < images.size(); first += BATCH) {
      int now = Math.min(BATCH, images.size() - first);
      float[] tokens = new float[now * patches.size()];
      for (int i = 0; i < now; i++) {
        patches.toTokens(images.get(first + i), tokens, i * patches.size());
      }
      try (Scope _ = Scope.open()) {
        Tensor batch = Tensor.of(tokens, now, patches.order().tokens(), patches.dimension());
        Tensor features = network.features(batch);
        double[] logits = network.logits(features).toDoubles();
        System.arraycopy(features.toDoubles(), 0, values, first * width, now * width);
        int outcomes = logits.length / now;
        for (int i = 0; i < now; i++) {
          classes.add(greatest(logits, i * outcomes, outcomes));
        }
      }
    }
    return new Judgement(new Features(images.size(), width, values), classes);
  }

  private static int greatest(double[] values, int from, int count) {
    int best = 0;
    for (int i = 1; i < count; i++) {
      best = values[from + i] > values[from + best] ? i : best;
    }
    return best;
  }

  /** Images of a data set, evenly chosen, and their labels. */
  public record Real(List<float[]> images, List<Integer> labels) {
    /** Copies the lists. */
    public Real {
      images = List.copyOf(images);
      labels = List.copyOf(labels);
    }

    /** At most {@code most} images of the data. */
    public static Real of(ImageData data, int most) {
      int count = Math.min(most, data.count());
      List<float[]> images = new ArrayList<>();
      List<Integer> labels = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        int index = (int) ((long) i * data.count() / count);
        float[] image = new float[data.side() * data.side() * data.channels()];
        data.read(index, false, image, 0);
        images.add(image);
        labels.add(data.label(index));
      }
      return new Real(images, labels);
    }
  }

  @Override
  public void close() {
    network.close();
    random.close();
  }
}

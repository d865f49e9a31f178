package org.basisar.bar.discrete;

import java.util.Arrays;
import org.basisar.bar.data.ImageData;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * How surprising the codes of images are that were never trained on: the mean cross-entropy of a
 * code given its label and all codes of the groups before it, in nats. Guessing among K codes would
 * give ln K.
 *
 * <p>Runs can be compared by it in any order, if they have the same codebook and the same group: a
 * group's codes are predicted at once, without each other.
 */
public final class DiscreteValidation {
  private static final int GREATEST_BATCH = 64;

  private final int batch;
  private final int tokens;
  private final int[] codes; // [images, N] row by row
  private final int[] labels; // [images]

  /**
   * A judge, or null if there is nothing to judge by.
   *
   * @param heldOut images that are not trained on, null for none
   */
  public static @Nullable DiscreteValidation of(
      DiscreteConfig config, Codebook codebook, @Nullable ImageData heldOut) {
    return heldOut == null ? null : new DiscreteValidation(config, codebook, heldOut);
  }

  DiscreteValidation(DiscreteConfig config, Codebook codebook, ImageData heldOut) {
    batch = Math.min(GREATEST_BATCH, config.training().batch());
    tokens = config.network().tokens();
    codes = codebook.encode(config.tokens().sample(heldOut, heldOut.count()));
    labels = new int[heldOut.count()];
    Arrays.setAll(labels, heldOut::label);
  }

  /**
   * The cross-entropy in nats a code with the weights in use now, in the order that the model
   * generates in. Dropout is off meanwhile.
   */
  public double crossEntropy(DiscreteModel model) {
    DiscreteNetwork network = model.network();
    int[] places = model.places();
    boolean before = network.isTraining();
    network.training(false);
    double sum = 0;
    try {
      for (int first = 0; first < labels.length; first += batch) {
        int images = Math.min(batch, labels.length - first);
        sum += images * crossEntropy(network, places, first, images);
      }
    } finally {
      network.training(before);
    }
    return sum / labels.length;
  }

  private double crossEntropy(DiscreteNetwork network, int[] places, int first, int images) {
    int[] ordered = new int[images * tokens];
    int[] repeated = new int[images * tokens];
    for (int i = 0; i < ordered.length; i++) {
      repeated[i] = places[i % tokens];
      ordered[i] = codes[(first + i / tokens) * tokens + repeated[i]];
    }
    try (Scope _ = Scope.open()) {
      Tensor sequence = Tensor.of(ordered, images, tokens);
      Tensor logits =
          network.forward(
              sequence,
              Tensor.of(repeated, images, tokens),
              Tensor.of(Arrays.copyOfRange(labels, first, first + images), images));
      return Ops.crossEntropy(
              logits.reshape(ordered.length, network.config().codes()),
              sequence.reshape(ordered.length))
          .item();
    }
  }
}

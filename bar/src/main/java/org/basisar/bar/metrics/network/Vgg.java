package org.basisar.bar.metrics.network;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.basisar.nn.Linear;
import org.basisar.nn.Setup;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Tensor;

/**
 * VGG16 (Simonyan and Zisserman 2014) under the keys of torchvision's {@code vgg16-397923af.pth}.
 * Images are brought to 224 x 224 as for Inception, then normalised as torchvision does, as
 * torch-fidelity prepares them for precision and recall.
 *
 * <p>{@link #features} gives the second hidden layer after rectification, [B, 4096].
 */
public final class Vgg extends ImageNetwork {
  /** Parameters of the public network, the unused last layer among them. */
  public static final long PARAMETERS = 138_357_544L;

  private static final int[][] STAGES = {{64, 2}, {128, 2}, {256, 3}, {512, 3}, {512, 3}};

  private final int side;
  private final List<List<Filters>> stages = new ArrayList<>();
  private final Linear first;
  private final Linear second;

  /** The public network with random weights. */
  public Vgg(Setup setup) {
    this(setup, 1, 224, 4096, 1000);
  }

  /**
   * A narrower network for smaller images.
   *
   * @param divisor of all channel counts
   * @param side of the images inside, a multiple of 32
   */
  Vgg(Setup setup, int divisor, int side, int hidden, int classes) {
    this.side = side;
    int width = 3;
    int at = 0;
    for (int[] stage : STAGES) {
      List<Filters> filters = new ArrayList<>();
      for (int i = 0; i < stage[1]; i++) {
        int out = stage[0] / divisor;
        filters.add(child("features." + at, new Filters(setup, width, out, 3, 3, true)));
        width = out;
        at += 2; // the rectification counts in the keys
      }
      at++; // and so does the pooling
      stages.add(filters);
    }
    int pixels = side / 32 * (side / 32);
    first = child("classifier.0", new Linear(setup, width * pixels, hidden));
    second = child("classifier.3", new Linear(setup, hidden, hidden));
    child("classifier.6", new Linear(setup, hidden, classes));
  }

  @Override
  public Tensor[] features(Tensor images) {
    Tensor x =
        Pooling.frugal(() ->
            Tokens.normalised(
                Resize.bilinear(images, side, side),
                Tokens.IMAGENET_MEAN,
                Tokens.IMAGENET_DEVIATION));
    for (List<Filters> stage : stages) {
      Tensor in = x;
      x =
          Pooling.frugal(() -> {
            Tensor result = in;
            for (Filters filters : stage) {
              result = Pooling.rectified(filters.forward(result, 1, 1));
            }
            return Pooling.greatest(result, 2, 2);
          });
    }
    Tensor flat = Ops.reshape(x, x.shape().dim(0), -1);
    Tensor hidden = Pooling.rectified(first.forward(flat));
    return new Tensor[] {Pooling.rectified(second.forward(hidden))};
  }

  @Override
  Predicate<String> ignored() {
    return _ -> false;
  }
}

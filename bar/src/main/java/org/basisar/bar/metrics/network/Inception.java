package org.basisar.bar.metrics.network;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.basisar.nn.Initializer;
import org.basisar.nn.Module;
import org.basisar.nn.Parameter;
import org.basisar.nn.Setup;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;

/**
 * Inception-v3 as TensorFlow published it on 2015-12-05 and the Fréchet inception distance is
 * defined by (Szegedy et al. 2015; torch-fidelity's key names). It is not torchvision's network:
 * means around a pixel leave out what lies outside, the last block takes maxima, and there are 1008
 * classes.
 *
 * <p>{@link #features} gives pooled features [B, 2048], class logits without bias [B, 1008], and
 * the spatial features of sFID [B, 7·17·17]: the first 7 channels of {@code Mixed_6d.branch1x1},
 * channels last.
 */
public final class Inception extends ImageNetwork {
  /** Parameters of the public network, running statistics among them. */
  public static final long PARAMETERS = 23_885_392L;

  /** Side of the images inside. */
  public static final int SIDE = 299;

  private static final int SPATIAL_CHANNELS = 7;

  private final int side;
  private final NormalizedFilters[] stem;
  private final List<InceptionBlock> early = new ArrayList<>(); // to Mixed_6c
  private final InceptionBlock.Seven spatial; // Mixed_6d
  private final List<InceptionBlock> late = new ArrayList<>();
  private final Head head;

  /** The public network with random weights. */
  public Inception(Setup setup) {
    this(setup, 1, SIDE, 1008);
  }

  /**
   * Channel counts, all divided by a number and rounded up.
   *
   * @param divisor 1 for the public network
   */
  record Widths(int divisor) {
    int of(int channels) {
      return (channels + divisor - 1) / divisor;
    }
  }

  /** The classes; the evaluators leave the bias out. */
  private static final class Head extends Module {
    private final Parameter weight;

    Head(Setup setup, int width, int classes) {
      weight = parameter(setup, "weight", Shape.of(classes, width), Initializer.fanInUniform());
      parameter(setup, "bias", Shape.of(classes), Initializer.normal(1));
    }

    Tensor logits(Tensor pooled) {
      return Ops.linear(pooled, weight.tensor(), null);
    }
  }

  /**
   * A narrower network for smaller images, for checks.
   *
   * @param divisor of all channel counts, which are rounded up
   * @param side of the images inside, at least 75
   */
  public Inception(Setup setup, int divisor, int side, int classes) {
    Widths widths = new Widths(divisor);
    this.side = side;
    int a = widths.of(32);
    int b = widths.of(64);
    int c = widths.of(80);
    int d = widths.of(192);
    stem =
        new NormalizedFilters[] {
          child("Conv2d_1a_3x3", new NormalizedFilters(setup, 3, a, 3, 2, 0)),
          child("Conv2d_2a_3x3", new NormalizedFilters(setup, a, a, 3, 1, 0)),
          child("Conv2d_2b_3x3", new NormalizedFilters(setup, a, b, 3, 1, 1)),
          child("Conv2d_3b_1x1", new NormalizedFilters(setup, b, c, 1, 1, 0)),
          child("Conv2d_4a_3x3", new NormalizedFilters(setup, c, d, 3, 1, 0)),
        };
    int width = d;
    int[] pooled = {32, 64, 64};
    for (int i = 0; i < pooled.length; i++) {
      width = add(early, "Mixed_5" + "bcd".charAt(i), five(setup, widths, width, pooled[i]));
    }
    width = add(early, "Mixed_6a", new InceptionBlock.Reduce(setup, widths, width));
    width = add(early, "Mixed_6b", new InceptionBlock.Seven(setup, widths, width, 128));
    width = add(early, "Mixed_6c", new InceptionBlock.Seven(setup, widths, width, 160));
    spatial = child("Mixed_6d", new InceptionBlock.Seven(setup, widths, width, 160));
    width = spatial.width();
    width = add(late, "Mixed_6e", new InceptionBlock.Seven(setup, widths, width, 192));
    width = add(late, "Mixed_7a", new InceptionBlock.ReduceAgain(setup, widths, width));
    width = add(late, "Mixed_7b", new InceptionBlock.Wide(setup, widths, width, false));
    width = add(late, "Mixed_7c", new InceptionBlock.Wide(setup, widths, width, true));
    head = child("fc", new Head(setup, width, classes));
  }

  private static InceptionBlock five(Setup setup, Widths widths, int width, int pooled) {
    return new InceptionBlock.Five(setup, widths, width, pooled);
  }

  private int add(List<InceptionBlock> blocks, String name, InceptionBlock block) {
    blocks.add(child(name, block));
    return block.width();
  }

  @Override
  public Tensor[] features(Tensor images) {
    Tensor x =
        Pooling.frugal(() -> {
          Tensor scaled = Ops.affine(Resize.bilinear(images, side, side), 1 / 128.0, -1);
          Tensor first = Pooling.frugal(() -> stem[0].forward(scaled));
          Tensor second = Pooling.frugal(() -> stem[2].forward(stem[1].forward(first)));
          Tensor small = Pooling.greatest(second, 3, 2);
          return Pooling.greatest(stem[4].forward(stem[3].forward(small)), 3, 2);
        });
    for (InceptionBlock block : early) {
      x = block.forward(x);
    }
    Tensor seen = spatial.first(x);
    x = spatial.forward(x);
    for (InceptionBlock block : late) {
      x = block.forward(x);
    }
    Tensor pooled = Pooling.mean(x);
    return new Tensor[] {pooled, head.logits(pooled), spatialFeatures(seen)};
  }

  /** The first channels, the channel running fastest. */
  private static Tensor spatialFeatures(Tensor seen) {
    int channels = Math.min(SPATIAL_CHANNELS, seen.shape().dim(1));
    Tensor last = Ops.permute(Ops.slice(seen, 1, 0, channels), List.of(0, 2, 3, 1));
    return Ops.reshape(Ops.contiguous(last), seen.shape().dim(0), -1);
  }

  @Override
  Predicate<String> ignored() {
    return name -> name.endsWith(".num_batches_tracked");
  }
}

package org.basisar.nn;

import org.basisar.tensor.Ops;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;

/**
 * (x − mean)·rsqrt(var + ε)·weight + bias with mean and biased variance over the channels of a
 * group and all pixels; weight ones, bias zeros, one of each for a channel.
 */
public final class GroupNorm extends Module {
  private final Parameter weight; // [channels]
  private final Parameter bias; // [channels]
  private final int groups;
  private final double epsilon;

  /**
   * A norm over images of so many channels.
   *
   * @throws IllegalArgumentException if the groups do not divide the channels
   */
  public GroupNorm(Setup setup, int groups, int channels, double epsilon) {
    if (groups < 1 || channels % groups != 0) {
      throw new IllegalArgumentException(
          channels + " channels cannot be cut into " + groups + " equal groups");
    }
    weight = parameter(setup, "weight", Shape.of(channels), Initializer.constant(1));
    bias = parameter(setup, "bias", Shape.of(channels), Initializer.constant(0));
    this.groups = groups;
    this.epsilon = epsilon;
  }

  /** Normalises [B, channels, H, W]. */
  public Tensor forward(Tensor x) {
    Shape shape = x.shape();
    int batch = shape.dim(0);
    int channels = shape.dim(1);
    int pixels = shape.dim(2) * shape.dim(3);
    Tensor grouped = Ops.reshape(x, batch * groups, channels / groups * pixels);
    Tensor normal = Ops.layerNorm(grouped, null, null, epsilon);
    Tensor planes = Ops.reshape(normal, batch, channels, pixels);
    Tensor scaled = Ops.mul(planes, Ops.reshape(weight.tensor(), channels, 1));
    Tensor shifted = Ops.add(scaled, Ops.reshape(bias.tensor(), channels, 1));
    return Ops.reshape(shifted, shape.dims());
  }
}

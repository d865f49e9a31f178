package org.basisar.bar.metrics.network;

import org.basisar.bar.metrics.network.Inception.Widths;
import org.basisar.nn.Module;
import org.basisar.nn.Setup;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Tensor;

/** Branches side by side whose channels are joined in the order of their keys. */
abstract class InceptionBlock extends Module {
  private int width;

  /** Maps [B, in, H, W] to [B, {@link #width}, H', W']. */
  final Tensor forward(Tensor x) {
    return Pooling.frugal(() -> Ops.concat(1, branches(x)));
  }

  abstract Tensor[] branches(Tensor x);

  /** Channels of the result. */
  final int width() {
    return width;
  }

  final void setWidth(int channels) {
    width = channels;
  }

  final NormalizedFilters pointwise(Setup setup, String name, int in, int out) {
    return child(name, NormalizedFilters.pointwise(setup, in, out));
  }

  final NormalizedFilters line(Setup setup, String name, int in, int out, int h, int w) {
    return child(name, NormalizedFilters.line(setup, in, out, h, w));
  }

  final NormalizedFilters square(Setup setup, String name, int in, int out, int size) {
    return child(name, new NormalizedFilters(setup, in, out, size, 1, size / 2));
  }

  /** 3 x 3 in steps of 2 without padding. */
  final NormalizedFilters halving(Setup setup, String name, int in, int out) {
    return child(name, new NormalizedFilters(setup, in, out, 3, 2, 0));
  }

  static Tensor through(Tensor x, NormalizedFilters... layers) {
    Tensor result = x;
    for (NormalizedFilters layer : layers) {
      result = layer.forward(result);
    }
    return result;
  }

  /** The sheet's type A. */
  static final class Five extends InceptionBlock {
    private final NormalizedFilters one;
    private final NormalizedFilters[] five;
    private final NormalizedFilters[] three;
    private final NormalizedFilters pool;

    Five(Setup setup, Widths widths, int in, int pooled) {
      int forty = widths.of(48);
      int sixty = widths.of(64);
      int ninety = widths.of(96);
      one = pointwise(setup, "branch1x1", in, sixty);
      five =
          new NormalizedFilters[] {
            pointwise(setup, "branch5x5_1", in, forty),
            square(setup, "branch5x5_2", forty, sixty, 5)
          };
      three =
          new NormalizedFilters[] {
            pointwise(setup, "branch3x3dbl_1", in, sixty),
            square(setup, "branch3x3dbl_2", sixty, ninety, 3),
            square(setup, "branch3x3dbl_3", ninety, ninety, 3)
          };
      pool = pointwise(setup, "branch_pool", in, widths.of(pooled));
      setWidth(2 * sixty + ninety + widths.of(pooled));
    }

    @Override
    Tensor[] branches(Tensor x) {
      return new Tensor[] {
        one.forward(x), through(x, five), through(x, three), pool.forward(Pooling.meanAround(x))
      };
    }
  }

  /** The sheet's type B. */
  static final class Reduce extends InceptionBlock {
    private final NormalizedFilters three;
    private final NormalizedFilters[] twice;

    Reduce(Setup setup, Widths widths, int in) {
      int sixty = widths.of(64);
      int ninety = widths.of(96);
      three = halving(setup, "branch3x3", in, widths.of(384));
      twice =
          new NormalizedFilters[] {
            pointwise(setup, "branch3x3dbl_1", in, sixty),
            square(setup, "branch3x3dbl_2", sixty, ninety, 3),
            halving(setup, "branch3x3dbl_3", ninety, ninety)
          };
      setWidth(widths.of(384) + ninety + in);
    }

    @Override
    Tensor[] branches(Tensor x) {
      return new Tensor[] {three.forward(x), through(x, twice), Pooling.greatest(x, 3, 2)};
    }
  }

  /** The sheet's type C. */
  static final class Seven extends InceptionBlock {
    private final NormalizedFilters one;
    private final NormalizedFilters[] seven;
    private final NormalizedFilters[] twice;
    private final NormalizedFilters pool;

    Seven(Setup setup, Widths widths, int in, int inner) {
      int c = widths.of(inner);
      int out = widths.of(192);
      one = pointwise(setup, "branch1x1", in, out);
      seven =
          new NormalizedFilters[] {
            pointwise(setup, "branch7x7_1", in, c),
            line(setup, "branch7x7_2", c, c, 1, 7),
            line(setup, "branch7x7_3", c, out, 7, 1)
          };
      twice =
          new NormalizedFilters[] {
            pointwise(setup, "branch7x7dbl_1", in, c),
            line(setup, "branch7x7dbl_2", c, c, 7, 1),
            line(setup, "branch7x7dbl_3", c, c, 1, 7),
            line(setup, "branch7x7dbl_4", c, c, 7, 1),
            line(setup, "branch7x7dbl_5", c, out, 1, 7)
          };
      pool = pointwise(setup, "branch_pool", in, out);
      setWidth(4 * out);
    }

    /** The first branch alone. */
    Tensor first(Tensor x) {
      return Pooling.frugal(() -> one.forward(x));
    }

    @Override
    Tensor[] branches(Tensor x) {
      return new Tensor[] {
        one.forward(x), through(x, seven), through(x, twice), pool.forward(Pooling.meanAround(x))
      };
    }
  }

  /** The sheet's type D. */
  static final class ReduceAgain extends InceptionBlock {
    private final NormalizedFilters[] three;
    private final NormalizedFilters[] seven;

    ReduceAgain(Setup setup, Widths widths, int in) {
      int c = widths.of(192);
      three =
          new NormalizedFilters[] {
            pointwise(setup, "branch3x3_1", in, c), halving(setup, "branch3x3_2", c, widths.of(320))
          };
      seven =
          new NormalizedFilters[] {
            pointwise(setup, "branch7x7x3_1", in, c),
            line(setup, "branch7x7x3_2", c, c, 1, 7),
            line(setup, "branch7x7x3_3", c, c, 7, 1),
            halving(setup, "branch7x7x3_4", c, c)
          };
      setWidth(widths.of(320) + c + in);
    }

    @Override
    Tensor[] branches(Tensor x) {
      return new Tensor[] {through(x, three), through(x, seven), Pooling.greatest(x, 3, 2)};
    }
  }

  /** The sheet's types E1 and E2, which differ in how they pool. */
  static final class Wide extends InceptionBlock {
    private final NormalizedFilters one;
    private final NormalizedFilters[] three;
    private final NormalizedFilters[] twice;
    private final NormalizedFilters pool;
    private final boolean greatest;

    Wide(Setup setup, Widths widths, int in, boolean greatest) {
      this.greatest = greatest;
      int c = widths.of(384);
      int d = widths.of(448);
      one = pointwise(setup, "branch1x1", in, widths.of(320));
      three =
          new NormalizedFilters[] {
            pointwise(setup, "branch3x3_1", in, c),
            line(setup, "branch3x3_2a", c, c, 1, 3),
            line(setup, "branch3x3_2b", c, c, 3, 1)
          };
      twice =
          new NormalizedFilters[] {
            pointwise(setup, "branch3x3dbl_1", in, d),
            square(setup, "branch3x3dbl_2", d, c, 3),
            line(setup, "branch3x3dbl_3a", c, c, 1, 3),
            line(setup, "branch3x3dbl_3b", c, c, 3, 1)
          };
      pool = pointwise(setup, "branch_pool", in, widths.of(192));
      setWidth(widths.of(320) + 4 * c + widths.of(192));
    }

    @Override
    Tensor[] branches(Tensor x) {
      Tensor inner = three[0].forward(x);
      Tensor twiceInner = through(x, twice[0], twice[1]);
      Tensor pooled = greatest ? Pooling.greatestAround(x) : Pooling.meanAround(x);
      return new Tensor[] {
        one.forward(x),
        three[1].forward(inner),
        three[2].forward(inner),
        twice[2].forward(twiceInner),
        twice[3].forward(twiceInner),
        pool.forward(pooled)
      };
    }
  }
}

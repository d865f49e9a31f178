package org.basisar.bar.metrics.network;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.basisar.nn.Initializer;
import org.basisar.nn.LayerNorm;
import org.basisar.nn.Linear;
import org.basisar.nn.Module;
import org.basisar.nn.Parameter;
import org.basisar.nn.Setup;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;

/**
 * DINOv2 (Oquab et al. 2023), ViT-L/14 unless told otherwise, under the keys of {@code
 * dinov2_vitl14_pretrain.pth}. Images are brought to 224 x 224 bicubically on bytes, as in the
 * comparison of features that FD-DINOv2 comes from (Stein et al. 2023), and the table of positions,
 * made for 37 x 37 patches, to 16 x 16.
 *
 * <p>{@link #features} gives the class token behind the last norm, [B, 1024].
 */
public final class Dino extends ImageNetwork {
  /** Parameters of the public ViT-L/14, the unused mask token among them. */
  public static final long PARAMETERS = 304_368_640L;

  private static final double EPSILON = 1e-6;

  /** Added to the wanted side when the table of positions is resized, as in the public code. */
  private static final double POSITION_OFFSET = 0.1;

  /**
   * Extents.
   *
   * @param side of the images inside, in pixels
   * @param patch side of a patch in pixels
   * @param grid patches along a side that the table of positions has
   */
  record Config(int width, int depth, int heads, int side, int patch, int grid) {
    static final Config LARGE = new Config(1024, 24, 16, 224, 14, 37);
  }

  private final Config config;
  private final Parameter classToken; // [1, 1, D]
  private final Parameter positions; // [1, 1 + grid², D]
  private final Embedding embedding;
  private final List<Block> blocks = new ArrayList<>();
  private final LayerNorm norm;

  /** ViT-L/14 with random weights. */
  public Dino(Setup setup) {
    this(setup, Config.LARGE);
  }

  Dino(Setup setup, Config config) {
    this.config = config;
    int width = config.width();
    classToken = parameter(setup, "cls_token", Shape.of(1, 1, width), Initializer.normal(1));
    positions =
        parameter(
            setup,
            "pos_embed",
            Shape.of(1, 1 + config.grid() * config.grid(), width),
            Initializer.normal(0.5));
    parameter(setup, "mask_token", Shape.of(1, width), Initializer.constant(0));
    embedding = child("patch_embed", new Embedding(setup, width, config.patch()));
    for (int i = 0; i < config.depth(); i++) {
      blocks.add(child("blocks." + i, new Block(setup, width, config.heads())));
    }
    norm = child("norm", new LayerNorm(setup, width, EPSILON));
  }

  /** Patches to vectors. */
  private static final class Embedding extends Module {
    private final Filters filters;
    private final int patch;

    Embedding(Setup setup, int width, int patch) {
      filters = child("proj", new Filters(setup, 3, width, patch, patch, true));
      this.patch = patch;
    }

    Tensor forward(Tensor images) {
      return filters.forward(images, patch, 0);
    }
  }

  /** A factor for every channel. */
  private static final class LayerScale extends Module {
    private final Parameter gamma;

    LayerScale(Setup setup, int width) {
      gamma = parameter(setup, "gamma", Shape.of(width), Initializer.normal(0.5));
    }

    Tensor forward(Tensor x) {
      return Ops.mul(x, gamma.tensor());
    }
  }

  private static final class Attention extends Module {
    private final Linear joint;
    private final Linear projection;
    private final int heads;

    Attention(Setup setup, int width, int heads) {
      joint = child("qkv", new Linear(setup, width, 3 * width));
      projection = child("proj", new Linear(setup, width, width));
      this.heads = heads;
    }

    Tensor forward(Tensor x) {
      Tensor[] parts = Ops.split(joint.forward(x), 2, 3);
      return projection.forward(Ops.attention(parts[0], parts[1], parts[2], heads, 0));
    }
  }

  private static final class Mlp extends Module {
    private final Linear in;
    private final Linear out;

    Mlp(Setup setup, int width) {
      in = child("fc1", new Linear(setup, width, 4 * width));
      out = child("fc2", new Linear(setup, 4 * width, width));
    }

    Tensor forward(Tensor x) {
      return out.forward(Ops.gelu(in.forward(x)));
    }
  }

  /** x + scale(attention(norm(x))), then the same with an MLP. */
  private static final class Block extends Module {
    private final LayerNorm attentionNorm;
    private final Attention attention;
    private final LayerScale attentionScale;
    private final LayerNorm mlpNorm;
    private final Mlp mlp;
    private final LayerScale mlpScale;

    Block(Setup setup, int width, int heads) {
      attentionNorm = child("norm1", new LayerNorm(setup, width, EPSILON));
      attention = child("attn", new Attention(setup, width, heads));
      attentionScale = child("ls1", new LayerScale(setup, width));
      mlpNorm = child("norm2", new LayerNorm(setup, width, EPSILON));
      mlp = child("mlp", new Mlp(setup, width));
      mlpScale = child("ls2", new LayerScale(setup, width));
    }

    Tensor forward(Tensor x) {
      return Pooling.frugal(() -> {
        Tensor attended =
            Ops.add(x, attentionScale.forward(attention.forward(attentionNorm.forward(x))));
        return Ops.add(attended, mlpScale.forward(mlp.forward(mlpNorm.forward(attended))));
      });
    }
  }

  @Override
  public Tensor[] features(Tensor images) {
    Tensor x =
        Pooling.frugal(() -> {
          Tensor sized = Resize.bicubic(images, config.side(), config.side());
          Tensor normal = Tokens.normalised(sized, Tokens.IMAGENET_MEAN, Tokens.IMAGENET_DEVIATION);
          Tensor tokens = Tokens.withClass(classToken.tensor(), embedding.forward(normal));
          return Ops.add(tokens, places());
        });
    for (Block block : blocks) {
      x = block.forward(x);
    }
    return new Tensor[] {norm.forward(Tokens.one(x, 0))};
  }

  /** The table of positions for the patches there are, [1 + patches, D]. */
  private Tensor places() {
    int width = config.width();
    int grid = config.grid();
    int wanted = config.side() / config.patch();
    Tensor table = Ops.reshape(positions.tensor(), 1 + grid * grid, width);
    if (wanted == grid) {
      return table;
    }
    double[] weights = Resize.byFactor(grid, wanted, (wanted + POSITION_OFFSET) / grid);
    Tensor matrix = Tensor.of(table.dtype(), weights, wanted, grid);
    Tensor patches = Ops.contiguous(Ops.slice(table, 0, 1, grid * grid));
    Tensor rows = Ops.matmul(matrix, Ops.reshape(patches, grid, grid * width));
    Tensor both = Ops.matmul(matrix, Ops.reshape(rows, wanted, grid, width));
    Tensor first = Ops.contiguous(Ops.slice(table, 0, 0, 1));
    return Ops.concat(0, first, Ops.reshape(both, wanted * wanted, width));
  }

  @Override
  Predicate<String> ignored() {
    return _ -> false;
  }
}

package org.basisar.bar.metrics;

import java.util.ArrayList;
import java.util.List;
import org.basisar.nn.GatedMlp;
import org.basisar.nn.Linear;
import org.basisar.nn.Module;
import org.basisar.nn.RmsNorm;
import org.basisar.nn.RotaryAttention;
import org.basisar.nn.RotaryTable;
import org.basisar.nn.Setup;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Tensor;

/**
 * A small transformer over patches that tells the classes of a data set apart; the mean of its last
 * tokens is the feature of an image.
 */
final class ImageClassifier extends Module {
  /** Numbers per feature. */
  static final int WIDTH = 64;

  private static final int HEADS = 4;
  private static final int LAYERS = 2;

  private final Linear embedding; // C → D
  private final List<Block> blocks = new ArrayList<>();
  private final RmsNorm norm;
  private final Linear head; // D → classes
  private final RotaryTable positions;

  /** A residual block: attention among all patches, then a gated MLP. */
  private static final class Block extends Module {
    private final RmsNorm attentionNorm;
    private final RotaryAttention attention;
    private final RmsNorm mlpNorm;
    private final GatedMlp mlp;

    Block(Setup setup) {
      attentionNorm = child("norm1", new RmsNorm(setup, WIDTH));
      attention = child("attn", new RotaryAttention(setup, WIDTH, HEADS, 0, 0));
      mlpNorm = child("norm2", new RmsNorm(setup, WIDTH));
      mlp = child("mlp", new GatedMlp(setup, WIDTH, 2 * WIDTH, 0));
    }

    Tensor forward(Tensor x, RotaryTable positions) {
      Tensor attended = Ops.add(x, attention.forward(attentionNorm.forward(x), positions, 0));
      return Ops.add(attended, mlp.forward(mlpNorm.forward(attended)));
    }
  }

  ImageClassifier(Setup setup, int grid, int tokenDimension, int classes) {
    int[] rows = new int[grid * grid];
    int[] columns = new int[grid * grid];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = i / grid;
      columns[i] = i % grid;
    }
    positions = new RotaryTable(setup.products(), rows, columns, WIDTH / HEADS);
    onClose(positions::close);
    embedding = child("embed", new Linear(setup, tokenDimension, WIDTH));
    for (int i = 0; i < LAYERS; i++) {
      blocks.add(child("blocks." + i, new Block(setup)));
    }
    norm = child("norm", new RmsNorm(setup, WIDTH));
    head = child("head", new Linear(setup, WIDTH, classes));
  }

  /** Features [B, D] of patches [B, N, C] in raster order. */
  Tensor features(Tensor patches) {
    Tensor x = embedding.forward(patches);
    for (Block block : blocks) {
      x = block.forward(x, positions);
    }
    return Ops.mean(norm.forward(x), 1);
  }

  /** Logits [B, classes] of features [B, D]. */
  Tensor logits(Tensor features) {
    return head.forward(features);
  }
}

package org.basisar.bar.metrics.network;

import java.util.ArrayList;
import java.util.List;
import org.basisar.nn.LayerNorm;
import org.basisar.nn.Linear;
import org.basisar.nn.Module;
import org.basisar.nn.Setup;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Tensor;

/** The transformer of both towers of CLIP: norms before, GELU by a logistic function. */
final class ClipEncoder extends Module {
  static final double EPSILON = 1e-5;

  private final List<Layer> layers = new ArrayList<>();

  ClipEncoder(Setup setup, int width, int depth, int heads, boolean causal) {
    for (int i = 0; i < depth; i++) {
      layers.add(child("layers." + i, new Layer(setup, width, heads, causal)));
    }
  }

  /** Maps tokens [B, N, D] to such. */
  Tensor forward(Tensor tokens) {
    Tensor x = tokens;
    for (Layer layer : layers) {
      x = layer.forward(x);
    }
    return x;
  }

  private static final class Attention extends Module {
    private final Linear key;
    private final Linear value;
    private final Linear query;
    private final Linear projection;
    private final int heads;
    private final int cellTokens;

    Attention(Setup setup, int width, int heads, boolean causal) {
      key = child("k_proj", new Linear(setup, width, width));
      value = child("v_proj", new Linear(setup, width, width));
      query = child("q_proj", new Linear(setup, width, width));
      projection = child("out_proj", new Linear(setup, width, width));
      this.heads = heads;
      this.cellTokens = causal ? 1 : 0;
    }

    Tensor forward(Tensor x) {
      return projection.forward(
          Ops.attention(query.forward(x), key.forward(x), value.forward(x), heads, cellTokens));
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
      Tensor inner = in.forward(x);
      return out.forward(Ops.mul(inner, Ops.sigmoid(Ops.scale(inner, 1.702))));
    }
  }

  private static final class Layer extends Module {
    private final Attention attention;
    private final LayerNorm attentionNorm;
    private final Mlp mlp;
    private final LayerNorm mlpNorm;

    Layer(Setup setup, int width, int heads, boolean causal) {
      attention = child("self_attn", new Attention(setup, width, heads, causal));
      attentionNorm = child("layer_norm1", new LayerNorm(setup, width, EPSILON));
      mlp = child("mlp", new Mlp(setup, width));
      mlpNorm = child("layer_norm2", new LayerNorm(setup, width, EPSILON));
    }

    Tensor forward(Tensor x) {
      return Pooling.frugal(() -> {
        Tensor attended = Ops.add(x, attention.forward(attentionNorm.forward(x)));
        return Ops.add(attended, mlp.forward(mlpNorm.forward(attended)));
      });
    }
  }
}

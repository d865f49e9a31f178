package org.basisar.bar.mar;

import org.basisar.nn.Dropout;
import org.basisar.nn.LayerNorm;
import org.basisar.nn.Linear;
import org.basisar.nn.Module;
import org.basisar.nn.Setup;
import org.basisar.tensor.DType;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Random;
import org.basisar.tensor.Tensor;

/**
 * One block of the trunk, a plain vision transformer's: x + attention(norm(x)), then x +
 * mlp(norm(x)); children {@code norm1}, {@code attn.qkv}, {@code attn.proj}, {@code norm2}, {@code
 * mlp.fc1}, {@code mlp.fc2}.
 */
final class MarBlock extends Module {
  static final double EPSILON = 1e-6;

  private final LayerNorm attentionNorm;
  private final Linear queryKeyValue; // D → 3D
  private final Linear projection; // D → D
  private final LayerNorm mlpNorm;
  private final Linear expand; // D → 4D
  private final Linear contract; // 4D → D
  private final Dropout dropout;
  private final Random random;
  private final int heads;
  private final double rate;

  MarBlock(Setup setup, MarConfig config) {
    int width = config.width();
    heads = config.heads();
    rate = config.dropout();
    random = setup.training();
    attentionNorm = child("norm1", new LayerNorm(setup, width, EPSILON));
    queryKeyValue = child("attn.qkv", new Linear(setup, width, 3 * width));
    projection = child("attn.proj", new Linear(setup, width, width));
    mlpNorm = child("norm2", new LayerNorm(setup, width, EPSILON));
    expand = child("mlp.fc1", new Linear(setup, width, 4 * width));
    contract = child("mlp.fc2", new Linear(setup, 4 * width, width));
    dropout = child("drop", new Dropout(setup, rate));
  }

  /** Maps [B, K, D] to [B, K, D]; every position sees every other. */
  Tensor forward(Tensor x) {
    DType dtype = x.dtype();
    Tensor[] parts = Ops.split(queryKeyValue.forward(attentionNorm.forward(x)), 2, 3);
    Tensor mixed =
        Ops.attention(parts[0], parts[1], parts[2], heads, 0, isTraining() ? rate : 0, random);
    Tensor attended = Ops.add(x, Ops.cast(dropout.forward(projection.forward(mixed)), dtype));
    Tensor hidden = dropout.forward(Ops.gelu(expand.forward(mlpNorm.forward(attended))));
    return Ops.add(attended, Ops.cast(dropout.forward(contract.forward(hidden)), dtype));
  }
}

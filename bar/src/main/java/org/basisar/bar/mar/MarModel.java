package org.basisar.bar.mar;

import java.util.ArrayList;
import java.util.List;
import org.basisar.nn.Embedding;
import org.basisar.nn.Initializer;
import org.basisar.nn.LayerNorm;
import org.basisar.nn.Linear;
import org.basisar.nn.Module;
import org.basisar.nn.Parameter;
import org.basisar.nn.Setup;
import org.basisar.tensor.DType;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;

/**
 * The MAR network: an encoder sees the tokens that are not masked, a decoder predicts a condition
 * for every token, and a small diffusion network turns conditions into tokens. Parameter paths
 * equal the keys of the public checkpoints.
 */
public final class MarModel extends Module {
  private static final Initializer TABLE = Initializer.normal(0.02);

  private final MarConfig config;
  private final DType dtype;
  private final Parameter nullClass; // [1, D]
  private final Parameter encoderPositions; // [1, slots, D]
  private final Parameter maskToken; // [1, 1, D]
  private final Parameter decoderPositions; // [1, slots, D]
  private final Parameter conditionPositions; // [1, N, D]
  private final Embedding classTable; // [classes, D]
  private final Linear inputProjection; // C → D
  private final LayerNorm inputNorm;
  private final List<MarBlock> encoder = new ArrayList<>();
  private final LayerNorm encoderNorm;
  private final Linear decoderEmbedding; // D → D
  private final List<MarBlock> decoder = new ArrayList<>();
  private final LayerNorm decoderNorm;
  private final DiffusionNetwork head;

  /** A freshly initialised network. */
  public MarModel(Setup setup, MarConfig config) {
    this.config = config;
    this.dtype = setup.dtype();
    int width = config.width();
    Shape slots = Shape.of(1, config.slots(), width);
    nullClass = parameter(setup, "fake_latent", Shape.of(1, width), TABLE);
    encoderPositions = parameter(setup, "encoder_pos_embed_learned", slots, TABLE);
    maskToken = parameter(setup, "mask_token", Shape.of(1, 1, width), TABLE);
    decoderPositions = parameter(setup, "decoder_pos_embed_learned", slots, TABLE);
    conditionPositions =
        parameter(setup, "diffusion_pos_embed_learned", Shape.of(1, config.tokens(), width), TABLE);
    classTable = child("class_emb", new Embedding(setup, config.classes(), width));
    inputProjection = child("z_proj", new Linear(setup, config.tokenDimension(), width));
    inputNorm = child("z_proj_ln", new LayerNorm(setup, width, MarBlock.EPSILON));
    for (int i = 0; i < config.layers(); i++) {
      encoder.add(child("encoder_blocks." + i, new MarBlock(setup, config)));
    }
    encoderNorm = child("encoder_norm", new LayerNorm(setup, width, MarBlock.EPSILON));
    decoderEmbedding = child("decoder_embed", new Linear(setup, width, width));
    for (int i = 0; i < config.layers(); i++) {
      decoder.add(child("decoder_blocks." + i, new MarBlock(setup, config)));
    }
    decoderNorm = child("decoder_norm", new LayerNorm(setup, width, MarBlock.EPSILON));
    head = child("diffloss.net", new DiffusionNetwork(setup, config));
  }

  /** The size of this network. */
  public MarConfig config() {
    return config;
  }

  /** The dtype of parameters and activations. */
  public DType dtype() {
    return dtype;
  }

  /** The network that turns conditions into tokens. */
  public DiffusionNetwork head() {
    return head;
  }

  /** The label that stands for no class. */
  public int nullLabel() {
    return config.classes();
  }

  /**
   * The condition of every token.
   *
   * @param tokens [B, N, C]; those that are masked have no influence
   * @param labels I32 [B], {@link #nullLabel} for no class
   * @param keptRows I32 [B·K], see {@link TokenMask#keptRows}
   * @param restoredRows I32 [B·slots], see {@link TokenMask#restoredRows}
   * @return [B, N, D]
   */
  public Tensor conditions(Tensor tokens, Tensor labels, Tensor keptRows, Tensor restoredRows) {
    int batch = tokens.shape().dim(0);
    int width = config.width();
    int slots = config.slots();
    Tensor kept = encode(tokens, labels, keptRows, batch); // [B·K, D]
    Tensor filled = Ops.concat(0, kept, maskToken.tensor().reshape(1, width));
    Tensor x =
        Ops.add(
            Ops.embedding(filled, restoredRows).reshape(batch, slots, width),
            decoderPositions.tensor());
    for (MarBlock block : decoder) {
      x = block.forward(x);
    }
    Tensor tail = decoderNorm.forward(x).slice(1, config.buffer(), config.tokens());
    return Ops.add(tail, conditionPositions.tensor());
  }

  private Tensor encode(Tensor tokens, Tensor labels, Tensor keptRows, int batch) {
    int width = config.width();
    Tensor classes = Ops.concat(0, classTable.table(), nullClass.tensor());
    Tensor label = Ops.embedding(classes, labels).reshape(batch, 1, width);
    Tensor slots = Ops.expand(label, Shape.of(batch, config.buffer(), width));
    Tensor projected = Ops.cast(inputProjection.forward(tokens), dtype);
    Tensor all = Ops.add(Ops.concat(1, slots, projected), encoderPositions.tensor());
    Tensor rows = inputNorm.forward(all).reshape(batch * config.slots(), width);
    int kept = keptRows.size() / batch;
    Tensor x = Ops.embedding(rows, keptRows).reshape(batch, kept, width);
    for (MarBlock block : encoder) {
      x = block.forward(x);
    }
    Tensor embedded = decoderEmbedding.forward(encoderNorm.forward(x));
    return Ops.cast(embedded, dtype).reshape(batch * kept, width);
  }
}

package org.basisar.bar.xar;

import java.util.ArrayList;
import java.util.List;
import org.basisar.nn.Embedding;
import org.basisar.nn.Initializer;
import org.basisar.nn.KeyValueCache;
import org.basisar.nn.Linear;
import org.basisar.nn.Module;
import org.basisar.nn.Parameter;
import org.basisar.nn.RmsNorm;
import org.basisar.nn.RotaryTable;
import org.basisar.nn.Setup;
import org.basisar.nn.TimestepEmbedder;
import org.basisar.tensor.DType;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;

/**
 * The xAR network: predicts the flow velocity v = noise − tokens of noisy tokens, autoregressive
 * over cells through a block-causal mask. Parameter paths equal the keys of the public checkpoints.
 */
public final class XarModel extends Module {
  private final XarConfig config;
  private final DType dtype;
  private final DType products;
  private final CellOrder order;
  private final RotaryTable positions;
  private final Parameter encoderPositions; // [1, N, D]
  private final Parameter decoderPositions; // [1, N, D]
  private final Embedding classTable;
  private final TimestepEmbedder timeEmbedder;
  private final Linear inputProjection; // C → D
  private final RmsNorm inputNorm;
  private final List<XarBlock> encoder = new ArrayList<>();
  private final RmsNorm encoderNorm;
  private final Linear decoderEmbedding; // D → D
  private final List<XarBlock> decoder = new ArrayList<>();
  private final RmsNorm decoderNorm;
  private final Linear prediction; // D → C

  /** A freshly initialised network (normal tables, Xavier-uniform matrices, nothing zero). */
  public XarModel(Setup setup, XarConfig config) {
    this.config = config;
    this.dtype = setup.dtype();
    this.products = setup.products();
    this.order = config.order();
    int width = config.width();
    Shape table = Shape.of(1, order.tokens(), width);
    positions =
        new RotaryTable(setup.products(), order.rows(), order.columns(), width / config.heads());
    onClose(positions::close);
    encoderPositions =
        parameter(setup, "encoder_pos_embed_learned", table, Initializer.normal(0.02));
    decoderPositions =
        parameter(setup, "decoder_pos_embed_learned", table, Initializer.normal(0.02));
    classTable = child("class_emb", new Embedding(setup, config.classes() + 1, width));
    timeEmbedder = child("time_embed", new TimestepEmbedder(setup, width));
    inputProjection = child("z_proj", new Linear(setup, config.tokenDimension(), width));
    inputNorm = child("z_proj_ln", new RmsNorm(setup, width));
    for (int i = 0; i < config.layers(); i++) {
      encoder.add(child("encoder_blocks." + i, new XarBlock(setup, config)));
    }
    encoderNorm = child("encoder_norm", new RmsNorm(setup, width));
    decoderEmbedding = child("decoder_embed", new Linear(setup, width, width));
    for (int i = 0; i < config.layers(); i++) {
      decoder.add(child("decoder_blocks." + i, new XarBlock(setup, config)));
    }
    decoderNorm = child("decoder_norm", new RmsNorm(setup, width));
    prediction = child("pred", new Linear(setup, width, config.tokenDimension()));
  }

  /** The size of this network. */
  public XarConfig config() {
    return config;
  }

  /** The dtype of parameters and activations. */
  public DType dtype() {
    return dtype;
  }

  /** The order of the tokens. */
  public CellOrder order() {
    return order;
  }

  /**
   * Predicts the velocity of a whole sequence, as in training.
   *
   * @param tokens noisy tokens [B, N, C]
   * @param timeIndex trunc(1000·t) as floating numbers, [B, cells]
   * @param labels I32 [B]; {@link XarConfig#nullLabel} for no class
   * @return [B, N, C]
   */
  public Tensor forward(Tensor tokens, Tensor timeIndex, Tensor labels) {
    Tensor condition = Ops.silu(condition(timeIndex, labels)); // [B, cells, D]
    Tensor x = embed(tokens, 0);
    for (XarBlock block : encoder) {
      x = block.forward(x, condition, positions, order.cellTokens());
    }
    x = between(x, 0);
    for (XarBlock block : decoder) {
      x = block.forward(x, condition, positions, order.cellTokens());
    }
    return Ops.cast(prediction.forward(decoderNorm.forward(x)), dtype);
  }

  /**
   * Predicts the velocity of one or two cells given the cells before them, as in sampling.
   *
   * @param tokens [B, n·cellTokens, C] of the cells {@code firstCell}, …
   * @param timeIndex [B, n]
   * @param labels I32 [B]
   * @param caches one per block, encoder first; see {@link #newCaches}
   * @param remember whether to store keys and values of the first cell given
   * @return [B, n·cellTokens, C]
   */
  public Tensor forward(
      Tensor tokens,
      Tensor timeIndex,
      Tensor labels,
      List<KeyValueCache> caches,
      int firstCell,
      boolean remember) {
    Tensor condition = Ops.silu(condition(timeIndex, labels)); // [B, n, D]
    int from = firstCell * order.cellTokens();
    Tensor x = embed(tokens, from);
    int layer = 0;
    for (XarBlock block : encoder) {
      x = block.forward(x, condition, positions, caches.get(layer++), firstCell, remember);
    }
    x = between(x, from);
    for (XarBlock block : decoder) {
      x = block.forward(x, condition, positions, caches.get(layer++), firstCell, remember);
    }
    return Ops.cast(prediction.forward(decoderNorm.forward(x)), dtype);
  }

  /** Empty caches for a batch, one per block. */
  public List<KeyValueCache> newCaches(int batch) {
    List<KeyValueCache> caches = new ArrayList<>();
    for (int i = 0; i < 2 * config.layers(); i++) {
      caches.add(
          new KeyValueCache(products, batch, order.cells(), order.cellTokens(), config.width()));
    }
    return caches;
  }

  /** TimeEmbedding(τ) + ClassTable[label] for every cell, [B, cells, D]. */
  Tensor condition(Tensor timeIndex, Tensor labels) {
    Tensor time = Ops.cast(timeEmbedder.forward(timeIndex), dtype); // [B, cells, D]
    Tensor label = classTable.forward(labels); // [B, D]
    return Ops.add(time, label.reshape(label.shape().dim(0), 1, config.width()));
  }

  private Tensor embed(Tensor tokens, int from) {
    int count = tokens.shape().dim(1);
    Tensor table = encoderPositions.tensor().slice(1, from, count);
    return inputNorm.forward(Ops.add(Ops.cast(inputProjection.forward(tokens), dtype), table));
  }

  private Tensor between(Tensor x, int from) {
    int count = x.shape().dim(1);
    Tensor table = decoderPositions.tensor().slice(1, from, count);
    return Ops.add(Ops.cast(decoderEmbedding.forward(encoderNorm.forward(x)), dtype), table);
  }
}

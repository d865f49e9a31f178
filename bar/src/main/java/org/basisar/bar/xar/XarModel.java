package org.basisar.bar.xar;

import java.util.ArrayList;
import java.util.List;
import org.basisar.nn.Cells;
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
import org.jspecify.annotations.Nullable;

/**
 * The xAR network: predicts the flow velocity v = noise − tokens of noisy tokens, autoregressive
 * over cells through a block-causal mask. Parameter paths equal the keys of the public checkpoints.
 */
public final class XarModel extends Module {
  private final XarConfig config;
  private final DType dtype;
  private final DType products;
  private final SequenceLayout layout;
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
    this(setup, config, SequenceLayout.of(config.order()));
  }

  /** A network for sequences that are no grid of tokens in equal cells. */
  public XarModel(Setup setup, XarConfig config, SequenceLayout layout) {
    this.config = config;
    this.layout = layout;
    this.dtype = setup.dtype();
    this.products = setup.products();
    int width = config.width();
    Shape table = Shape.of(1, layout.positions(), width);
    positions =
        new RotaryTable(setup.products(), layout.rows(), layout.columns(), width / config.heads());
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

  /** The sequence. */
  public SequenceLayout layout() {
    return layout;
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
    return forward(tokens, timeIndex, labels, null);
  }

  /**
   * Predicts the velocity of a whole sequence whose positions have changed places.
   *
   * @param order I32 [N], for each place of the sequence the position that is there, whose table
   *     rows and angles go with it; null leaves every position where it is
   */
  public Tensor forward(Tensor tokens, Tensor timeIndex, Tensor labels, @Nullable Tensor order) {
    Cells cells = layout.cells();
    Tensor condition = Ops.silu(condition(timeIndex, labels)); // [B, cells, D]
    RotaryTable places = order == null ? positions : positions.reordered(order);
    Tensor x = embed(tokens, table(encoderPositions, order));
    for (XarBlock block : encoder) {
      x = block.forward(x, condition, places, cells);
    }
    x = between(x, table(decoderPositions, order));
    for (XarBlock block : decoder) {
      x = block.forward(x, condition, places, cells);
    }
    return Ops.cast(prediction.forward(decoderNorm.forward(x)), dtype);
  }

  /**
   * Predicts the velocity of one or two cells given the cells before them, as in sampling.
   *
   * @param tokens [B, n, C] of the cells {@code firstCell}, …
   * @param timeIndex [B, cells given]
   * @param labels I32 [B]
   * @param caches one per block, encoder first; see {@link #newCaches}
   * @param remember whether to store keys and values of the first cell given
   * @return [B, n, C]
   */
  public Tensor forward(
      Tensor tokens,
      Tensor timeIndex,
      Tensor labels,
      List<KeyValueCache> caches,
      int firstCell,
      boolean remember) {
    Tensor condition = Ops.silu(condition(timeIndex, labels)); // [B, cells given, D]
    int from = layout.cells().start(firstCell);
    int count = tokens.shape().dim(1);
    Tensor x = embed(tokens, encoderPositions.tensor().slice(1, from, count));
    int layer = 0;
    for (XarBlock block : encoder) {
      x = block.forward(x, condition, positions, caches.get(layer++), firstCell, remember);
    }
    x = between(x, decoderPositions.tensor().slice(1, from, count));
    for (XarBlock block : decoder) {
      x = block.forward(x, condition, positions, caches.get(layer++), firstCell, remember);
    }
    return Ops.cast(prediction.forward(decoderNorm.forward(x)), dtype);
  }

  /** Empty caches for a batch, one per block. */
  public List<KeyValueCache> newCaches(int batch) {
    List<KeyValueCache> caches = new ArrayList<>();
    for (int i = 0; i < 2 * config.layers(); i++) {
      caches.add(new KeyValueCache(products, batch, layout.cells(), config.width()));
    }
    return caches;
  }

  /** TimeEmbedding(τ) + ClassTable[label] for every cell, [B, cells, D]. */
  Tensor condition(Tensor timeIndex, Tensor labels) {
    Tensor time = Ops.cast(timeEmbedder.forward(timeIndex), dtype); // [B, cells, D]
    Tensor label = classTable.forward(labels); // [B, D]
    return Ops.add(time, label.reshape(label.shape().dim(0), 1, config.width()));
  }

  private static Tensor table(Parameter table, @Nullable Tensor order) {
    return order == null ? table.tensor() : Ops.gather(table.tensor(), 1, order);
  }

  private Tensor embed(Tensor tokens, Tensor table) {
    return inputNorm.forward(Ops.add(Ops.cast(inputProjection.forward(tokens), dtype), table));
  }

  private Tensor between(Tensor x, Tensor table) {
    return Ops.add(Ops.cast(decoderEmbedding.forward(encoderNorm.forward(x)), dtype), table);
  }
}

package org.basisar.bench.peer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import java.util.Map;
import org.basisar.bar.xar.CellOrder;
import org.basisar.bar.xar.XarConfig;
import org.basisar.bench.HostTensor;
import org.basisar.bench.StepCase;

/**
 * The block of an xAR network written for libtorch as one writes it by hand: rotary positions by
 * swapping neighbours, modulation broadcast over each cell's tokens, attention as two batched
 * products around a masked softmax.
 */
final class TorchBlock {
  private static final NDIndex QUERY_AND_KEY = new NDIndex(":, :, 0:2");
  private static final NDIndex QUERY = new NDIndex(":, :, 0");
  private static final NDIndex KEY = new NDIndex(":, :, 1");
  private static final NDIndex FIRST = new NDIndex("..., 0");
  private static final NDIndex SECOND = new NDIndex("..., 1");
  private static final NDIndex VALUE = new NDIndex(":, :, 2");

  private final XarConfig config;
  private final Tables tables;
  private final Map<String, NDArray> weights;
  private final String prefix;

  /**
   * What all blocks share.
   *
   * @param cosine of each position's angles, [N, 1, 1, hd]
   * @param sine of the same
   * @param mask 0 where a token may look, −∞ elsewhere, [N, N]
   */
  record Tables(NDArray cosine, NDArray sine, NDArray mask) {
    static Tables create(NDManager manager, XarConfig config) {
      CellOrder order = config.order();
      int tokens = order.tokens();
      int headWidth = config.width() / config.heads();
      float[] cosine = new float[tokens * headWidth];
      float[] sine = new float[tokens * headWidth];
      float[] mask = new float[tokens * tokens];
      int[] rows = order.rows();
      int[] columns = order.columns();
      int half = headWidth / 2;
      for (int t = 0; t < tokens; t++) {
        for (int d = 0; d < headWidth; d++) {
          double frequency = Math.pow(10000, -(double) (d % half & ~1) / half);
          double angle = (d < half ? rows[t] : columns[t]) * frequency;
          cosine[t * headWidth + d] = (float) Math.cos(angle);
          sine[t * headWidth + d] = (float) Math.sin(angle);
        }
        for (int key = 0; key < tokens; key++) {
          boolean later = key / order.cellTokens() > t / order.cellTokens();
          mask[t * tokens + key] = later ? Float.NEGATIVE_INFINITY : 0;
        }
      }
      int[] perPosition = {tokens, 1, 1, headWidth};
      return new Tables(
          Torch.tensor(manager, new HostTensor(cosine, perPosition)),
          Torch.tensor(manager, new HostTensor(sine, perPosition)),
          Torch.tensor(manager, new HostTensor(mask, tokens, tokens)));
    }
  }

  TorchBlock(XarConfig config, Tables tables, Map<String, NDArray> weights, String prefix) {
    this.config = config;
    this.tables = tables;
    this.weights = weights;
    this.prefix = prefix;
  }

  /**
   * One block.
   *
   * @param x [B, N, D]
   * @param condition SiLU of the condition, [B, cells, D]
   */
  NDArray forward(NDArray x, NDArray condition) {
    NDList parts = linear(condition, "ada_lin.1").split(6, 2); // each [B, cells, D]
    NDArray attended =
        gateResidual(x, attention(modulate(x, parts.get(2), parts.get(4))), parts.get(0));
    return gateResidual(
        attended, mlp(modulate(attended, parts.get(3), parts.get(5))), parts.get(1));
  }

  private NDArray linear(NDArray x, String name) {
    return Torch.linear(x, weights, prefix + name);
  }

  /** x·rsqrt(mean x² + ε). */
  static NDArray rmsNorm(NDArray x) {
    NDArray meanSquare = x.square().mean(new int[] {-1}, true);
    return x.div(meanSquare.add((float) StepCase.NORM_EPSILON).sqrt());
  }

  /** rms(x)·(1 + scale) + shift with one row of scale and shift per cell. */
  static NDArray modulate(NDArray x, NDArray scale, NDArray shift) {
    Shape shape = x.getShape();
    NDArray cells = perCell(rmsNorm(x), scale);
    return cells.mul(perRow(scale).add(1)).add(perRow(shift)).reshape(shape);
  }

  private static NDArray gateResidual(NDArray x, NDArray y, NDArray gate) {
    return x.add(perCell(y, gate).mul(perRow(gate)).reshape(x.getShape()));
  }

  private static NDArray perCell(NDArray x, NDArray rows) {
    Shape shape = x.getShape();
    long cells = rows.getShape().get(1);
    return x.reshape(shape.get(0), cells, shape.get(1) / cells, shape.get(2));
  }

  private static NDArray perRow(NDArray rows) {
    return rows.expandDims(2);
  }

  private NDArray attention(NDArray x) {
    Shape shape = x.getShape();
    long heads = config.heads();
    long headWidth = shape.get(2) / heads;
    NDArray qkv = linear(x, "attn.qkv").reshape(shape.get(0), shape.get(1), 3, heads, headWidth);
    NDArray turned = turn(qkv.get(QUERY_AND_KEY));
    NDArray query = turned.get(QUERY).transpose(0, 2, 1, 3); // [B, H, N, hd]
    NDArray key = turned.get(KEY).transpose(0, 2, 3, 1); // [B, H, hd, N]
    NDArray value = qkv.get(VALUE).transpose(0, 2, 1, 3);
    NDArray mixed = attend(query, key, value, tables.mask());
    return linear(mixed.transpose(0, 2, 1, 3).reshape(shape), "attn.proj");
  }

  /**
   * Rotary positions on [B, N, 2, H, hd]: each pair (a, b) becomes (a·cos − b·sin, b·cos + a·sin).
   */
  private NDArray turn(NDArray x) {
    Shape shape = x.getShape();
    NDArray pairs = x.reshape(shape.get(0), shape.get(1), 2, shape.get(3), shape.get(4) / 2, 2);
    NDArray quarter = NDArrays.stack(new NDList(pairs.get(SECOND).neg(), pairs.get(FIRST)), -1);
    return x.mul(tables.cosine()).add(quarter.reshape(shape).mul(tables.sine()));
  }

  /** softmax(query·key/√hd + mask)·value with key [B, H, hd, N] and a mask [N, N]. */
  static NDArray attend(NDArray query, NDArray key, NDArray value, NDArray mask) {
    double scale = 1 / Math.sqrt((double) query.getShape().get(3));
    NDArray scores = query.matMul(key).mul((float) scale).add(mask);
    return scores.softmax(-1).matMul(value);
  }

  private NDArray mlp(NDArray x) {
    NDArray gate = linear(x, "mlp.fc1_g").getNDArrayInternal().gelu();
    return linear(gate.mul(linear(x, "mlp.fc1_x")), "mlp.fc2");
  }
}

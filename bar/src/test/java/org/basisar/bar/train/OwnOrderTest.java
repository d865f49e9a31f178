package org.basisar.bar.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.basisar.autograd.Gradients;
import org.basisar.autograd.Tape;
import org.basisar.bar.basis.LearnedBasis;
import org.basisar.bar.basis.Objective;
import org.basisar.bar.data.ImageData;
import org.basisar.bar.data.ImageSources;
import org.basisar.bar.transform.Annealing;
import org.basisar.bar.transform.Permutations;
import org.basisar.bar.transform.TransformKind;
import org.basisar.bar.transform.Transforms;
import org.basisar.bar.xar.CellOrder;
import org.basisar.bar.xar.SequenceLayout;
import org.basisar.bar.xar.XarConfig;
import org.basisar.bar.xar.XarModel;
import org.basisar.nn.AdamW;
import org.basisar.nn.Parameter;
import org.basisar.nn.ParameterGroup;
import org.basisar.nn.Setup;
import org.basisar.tensor.DType;
import org.basisar.tensor.Random;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Training with A = a method's permutation is training in the method's own order, without A, step
 * for step and bit for bit.
 */
class OwnOrderTest {
  private static final int GRID = 4;
  private static final int TOKENS = GRID * GRID;
  private static final int STEPS = 4;
  private static final ImageData DATA = ImageSources.open("embedded", 8, 1);
  private static final XarConfig NETWORK =
      new XarConfig(GRID, 2, 12, 16, 2, 1, 42, DATA.classNames().size(), 0);

  /** What is compared: the loss of every step, then every weight. */
  private record Course(List<Double> losses, Map<String, List<Float>> weights) {}

  /**
   * Trains a network on the first images.
   *
   * @param raster for each position of the tokens given to it their raster index
   * @param a null for none
   * @param order places that positions have changed to, null for none
   */
  private static Course train(
      int[] raster, double @Nullable [] a, SequenceLayout layout, int @Nullable [] order) {
    PixelTokens pixels = new PixelTokens(8, 3, 2, 1, 2);
    float[] sample = pixels.sample(DATA, 5);
    float[] x = new float[sample.length];
    int width = pixels.dimension();
    for (int row = 0; row < 5 * TOKENS; row++) {
      int from = row / TOKENS * TOKENS + raster[row % TOKENS];
      System.arraycopy(sample, from * width, x, row * width, width);
    }
    Objective objective =
        new Objective(Objective.Kind.PLAIN, Objective.Times.LOGIT_NORMAL_PER_CELL, 1);
    List<Double> losses = new ArrayList<>();
    Map<String, List<Float>> weights = new LinkedHashMap<>();
    try (Random initial = new Random(3);
        Random training = new Random(4);
        XarModel network = new XarModel(new Setup(DType.F32, initial, training), NETWORK, layout);
        AdamW optimizer =
            new AdamW(
                new AdamW.Settings(0.9, 0.96, 1e-8, 1, 0.9),
                ParameterGroup.byShape(network.parameters(), 0.02));
        Scope _ = Scope.open()) {
      LearnedBasis basis =
          a == null
              ? null
              : new LearnedBasis(new Setup(DType.F32, initial, training), TOKENS, a, false);
      Tensor tokens = Tensor.of(x, 5, TOKENS, width);
      Tensor labels = Tensor.of(new int[] {0, 1, 2, 3, 4}, 5);
      Tensor places = order == null ? null : Tensor.of(order, TOKENS);
      for (int step = 0; step < STEPS; step++) {
        training.seek(step);
        optimizer.prepare(step, 1e-2);
        try (Scope _ = Scope.open();
            Tape tape = Tape.open()) {
          optimizer.parameters().values().forEach(parameter -> tape.watch(parameter.tensor()));
          Tensor time = objective.drawTimes(training, DType.F32, 5, 4);
          Tensor noise = training.normal(DType.F32, 5, TOKENS, width);
          Objective.Loss loss =
              objective.loss(
                  (noisy, timeIndex) -> network.forward(noisy, timeIndex, labels, places),
                  basis,
                  places,
                  tokens,
                  noise,
                  time);
          losses.add(loss.objective().item());
          Gradients gradients = tape.backward(loss.total());
          optimizer.update(parameter -> gradients.of(parameter.tensor()));
        }
      }
      for (Map.Entry<String, Parameter> entry : network.parameters().entrySet()) {
        List<Float> values = new ArrayList<>();
        for (float value : entry.getValue().tensor().toFloats()) {
          values.add(value);
        }
        weights.put(entry.getKey(), values);
      }
      if (basis != null) {
        basis.close();
      }
    }
    return new Course(losses, weights);
  }

  /**
   * The method's own order on one side, A = its permutation on tokens in raster order beside it.
   */
  private static void assertSame(int[] own, SequenceLayout layout) {
    int[] rasterOrder = Permutations.raster(GRID);
    Course ordered = train(own, null, layout, null);
    Course permuted = train(rasterOrder, Permutations.matrix(own), layout, null);
    assertThat(ordered.losses).doesNotContain(Double.NaN).doesNotHaveDuplicates();
    assertThat(permuted).isEqualTo(ordered);
    Course other = train(rasterOrder, Permutations.matrix(rasterOrder), layout, null);
    assertThat(other.losses).as("the order matters").isNotEqualTo(ordered.losses);
  }

  @Test
  void cells() {
    CellOrder order = new CellOrder(GRID, 2);
    assertSame(order.raster(), SequenceLayout.of(order));
  }

  @Test
  void par() {
    SequenceLayout layout = TransformLayout.of(TransformKind.PAR, new CellOrder(GRID, 2));
    assertThat(layout.rows()).startsWith(0, 0, 2, 2, 0);
    assertThat(layout.columns()).startsWith(0, 2, 0, 2, 1);
    assertSame(Permutations.par(GRID, 2), layout);
  }

  @Test
  void aFixedPermutationOfRar() {
    int[] order = new Annealing(100).order(TOKENS, 3, 11);
    assertThat(order).isNotEqualTo(Permutations.raster(GRID));
    int[] raster = Permutations.raster(GRID);
    SequenceLayout layout = TransformLayout.of(TransformKind.RAR, new CellOrder(GRID, 2));
    double[] a = Permutations.matrix(raster);
    Course own = train(order, null, layout, order);
    assertThat(train(raster, a, layout, order)).isEqualTo(own);
    assertThat(train(raster, a, layout, null).losses).isNotEqualTo(own.losses);
  }

  @Test
  void raster() {
    SequenceLayout layout = TransformLayout.of(TransformKind.RASTER, new CellOrder(GRID, 2));
    assertThat(layout.rows()).startsWith(0, 0, 0, 0, 1).endsWith(3);
    assertThat(layout.columns()).startsWith(0, 1, 2, 3, 0).endsWith(3);
    // On tokens in cell order, as a run has them, A undoes the cells.
    int[] cells = Permutations.cells(GRID, 2);
    double[] a = Transforms.of(TransformKind.RASTER, GRID, 2, 1).onSequence(cells);
    assertThat(train(cells, a, layout, null))
        .isEqualTo(train(Permutations.raster(GRID), null, layout, null));
  }
}

package org.basisar.bar.train;

import java.util.Arrays;
import java.util.List;
import org.basisar.bar.transform.OrthogonalForms;
import org.basisar.bar.transform.Transform;
import org.basisar.bar.transform.TransformKind;
import org.basisar.bar.transform.Transforms;
import org.basisar.bar.xar.CellOrder;
import org.basisar.bar.xar.SequenceLayout;
import org.basisar.nn.Cells;

/**
 * The sequence that a transform makes of a token grid.
 *
 * <p>Cells: a square matrix keeps the network's equal cells, so that only A differs from xAR; a
 * description at several resolutions has one cell per level; a shorter code has as many cells as
 * the network, as equal as they can be. Places: the token for a permutation, the middle of what is
 * averaged for pooling, the frequency for cosines, the index for a code without geometry. Matrices
 * that are learned or come from data keep xAR's places, which A = I must reproduce.
 */
final class TransformLayout {
  private TransformLayout() {}

  static SequenceLayout of(TransformKind kind, CellOrder order) {
    return switch (kind) {
      case XAR, LEARNED, PCA, ORTHOGONAL -> SequenceLayout.of(order);
      case FAR -> frequencies(order);
      case TITOK -> index(kind.rows(order.side()), order.cells());
      case RASTER,
          RAR,
          PAR,
          PAR_16,
          VAR_SQUARE,
          FRACTAL,
          VAR,
          VAR_RESIDUAL,
          FAR_LEVELS,
          FRACTAL_STACK ->
          places(Transforms.of(kind, order.side(), order.cellsPerSide(), 0), kind, order);
    };
  }

  private static Cells equal(CellOrder order) {
    return Cells.equal(order.cells(), order.cellTokens());
  }

  private static SequenceLayout places(Transform transform, TransformKind kind, CellOrder order) {
    double[][] places = transform.places();
    Cells cells = kind.square() ? equal(order) : Cells.of(transform.levels());
    return new SequenceLayout(cells, places[0], places[1]);
  }

  private static SequenceLayout frequencies(CellOrder order) {
    List<int[]> frequencies = OrthogonalForms.frequencies(order.side());
    return new SequenceLayout(
        equal(order),
        frequencies.stream().mapToDouble(f -> f[0]).toArray(),
        frequencies.stream().mapToDouble(f -> f[1]).toArray());
  }

  private static SequenceLayout index(int positions, int cells) {
    double[] index = new double[positions];
    Arrays.setAll(index, k -> k);
    return new SequenceLayout(Cells.cut(positions, Math.min(cells, positions)), index, index);
  }
}

package org.basisar.bar.metrics.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.basisar.nn.Setup;
import org.basisar.tensor.DType;
import org.junit.jupiter.api.Test;

/** A small DINOv2 against plain loops. */
final class DinoTest {
  private static final Dino.Config SMALL = new Dino.Config(12, 2, 3, 20, 5, 7);

  private static Dino small(Setup setup) {
    return new Dino(setup, SMALL);
  }

  @Test
  void featuresAreThoseOfPlainLoops() {
    PlainImage image = Networks.image(20, 20, 5); // not resized
    Networks.Result result = Networks.features(DType.F64, DinoTest::small, image);
    PlainWeights w = result.weights();
    double[] mean = {0.485, 0.456, 0.406};
    double[] deviation = {0.229, 0.224, 0.225};
    PlainImage x = new PlainImage(3, 20, 20, image.values.clone());
    for (int i = 0; i < x.values.length; i++) {
      x.values[i] = (x.values[i] / 255 - mean[i / 400]) / deviation[i / 400];
    }
    PlainImage patches =
        x.filtered(w.get("patch_embed.proj.weight"), w.get("patch_embed.proj.bias"), 5, 5, 5, 0, 0);
    double[][] rows = PlainRows.tokens(patches, w.get("cls_token"));
    double[] table = w.get("pos_embed");
    for (int i = 0; i < rows.length; i++) {
      rows[i] =
          PlainRows.sum(rows[i], i == 0 ? PlainRows.slice(table, 0, 12) : place(table, i - 1));
    }
    for (int block = 0; block < 2; block++) {
      rows = block(rows, w, "blocks." + block);
    }
    double[] expected = PlainRows.norm(rows[0], w, "norm", 1e-6);
    assertThat(result.features()[0]).containsExactly(expected, within(1e-9));
  }

  /** The table's 7 x 7 places seen as 4 x 4 with a factor of 4.1/7, by the formula per place. */
  private static double[] place(double[] table, int patch) {
    double factor = (4 + 0.1) / 7;
    int toRow = patch / 4;
    int toColumn = patch % 4;
    double y = (toRow + 0.5) / factor - 0.5;
    double x = (toColumn + 0.5) / factor - 0.5;
    double[] result = new double[12];
    for (int i = -1; i <= 2; i++) {
      for (int j = -1; j <= 2; j++) {
        int row = (int) Math.floor(y) + i;
        int column = (int) Math.floor(x) + j;
        double weight = keys(y - row) * keys(x - column);
        int from = (1 + Math.clamp(row, 0, 6) * 7 + Math.clamp(column, 0, 6)) * 12;
        for (int c = 0; c < 12; c++) {
          result[c] += weight * table[from + c];
        }
      }
    }
    return result;
  }

  private static double keys(double distance) {
    double t = Math.abs(distance);
    return t <= 1
        ? 1.25 * t * t * t - 2.25 * t * t + 1
        : -0.75 * t * t * t + 3.75 * t * t - 6 * t + 3;
  }

  private static double[][] block(double[][] rows, PlainWeights w, String name) {
    int count = rows.length;
    double[][] query = new double[count][];
    double[][] key = new double[count][];
    double[][] value = new double[count][];
    for (int i = 0; i < count; i++) {
      double[] joint =
          PlainRows.linear(
              PlainRows.norm(rows[i], w, name + ".norm1", 1e-6), w, name + ".attn.qkv");
      query[i] = PlainRows.slice(joint, 0, 12);
      key[i] = PlainRows.slice(joint, 12, 12);
      value[i] = PlainRows.slice(joint, 24, 12);
    }
    double[][] mixed = PlainRows.attention(query, key, value, 3, false);
    double[][] result = new double[count][];
    for (int i = 0; i < count; i++) {
      double[] attended =
          PlainRows.sum(
              rows[i],
              PlainRows.product(
                  PlainRows.linear(mixed[i], w, name + ".attn.proj"), w.get(name + ".ls1.gamma")));
      double[] inner =
          PlainRows.linear(
              PlainRows.norm(attended, w, name + ".norm2", 1e-6), w, name + ".mlp.fc1");
      for (int c = 0; c < inner.length; c++) {
        inner[c] *= normalDistribution(inner[c]);
      }
      result[i] =
          PlainRows.sum(
              attended,
              PlainRows.product(
                  PlainRows.linear(inner, w, name + ".mlp.fc2"), w.get(name + ".ls2.gamma")));
    }
    return result;
  }

  /** Φ(x) by its series, which converges for the small numbers here. */
  private static double normalDistribution(double x) {
    double term = x;
    double sum = x;
    for (int n = 1; n < 200; n++) {
      term *= x * x / (2 * n + 1);
      sum += term;
    }
    return 0.5 + sum * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
  }
}

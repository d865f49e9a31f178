package org.basisar.bar.metrics.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.basisar.nn.Setup;
import org.basisar.tensor.DType;
import org.junit.jupiter.api.Test;

/** A narrow VGG against plain loops. */
final class VggTest {
  private static Vgg narrow(Setup setup) {
    return new Vgg(setup, 32, 32, 12, 5);
  }

  @Test
  void featuresAreThoseOfPlainLoops() {
    PlainImage image = Networks.image(48, 40, 3);
    Networks.Result result = Networks.features(DType.F64, VggTest::narrow, image);
    PlainWeights weights = result.weights();
    double[] mean = {0.485, 0.456, 0.406};
    double[] deviation = {0.229, 0.224, 0.225};
    PlainImage x = image.bilinear(32, 32);
    for (int i = 0; i < x.values.length; i++) {
      x.values[i] = (x.values[i] / 255 - mean[i / 1024]) / deviation[i / 1024];
    }
    String[] keys = {"0 2", "5 7", "10 12 14", "17 19 21", "24 26 28"};
    for (String stage : keys) {
      for (String key : stage.split(" ", -1)) {
        String name = "features." + key;
        x =
            x.filtered(weights.get(name + ".weight"), weights.get(name + ".bias"), 3, 3, 1, 1, 1)
                .rectified();
      }
      x = x.pooled(true, 2, 2, 0);
    }
    double[] row = x.values;
    for (String key : new String[] {"classifier.0", "classifier.3"}) {
      row = PlainRows.linear(row, weights, key);
      for (int i = 0; i < row.length; i++) {
        row[i] = Math.max(0, row[i]);
      }
    }
    assertThat(Arrays.stream(row).max().orElse(0)).isPositive();
    assertThat(result.features()[0]).containsExactly(row, within(1e-9));
  }
}

package org.basisar.bar.run;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.basisar.bar.data.ImageData;
import org.basisar.bar.discrete.DiscreteConfig;
import org.basisar.bar.discrete.DiscreteModel;
import org.basisar.bar.discrete.LearnedOrder;
import org.basisar.bar.discrete.OrderName;
import org.basisar.bar.picture.BasisPicture;
import org.basisar.bar.picture.GridLayout;
import org.basisar.bar.picture.ImageGrid;
import org.basisar.bar.picture.OrderPicture;
import org.basisar.bar.picture.PngWriter;
import org.basisar.bar.train.PixelTokens;

/** The pictures that only runs on discrete tokens have. */
public final class DiscretePictures {
  private DiscretePictures() {}

  /** Draws images of the data above what the codebook makes of them. */
  static void reconstructions(
      DiscreteConfig config, DiscreteModel model, ImageData data, Path target) throws IOException {
    PixelTokens pixels = config.tokens();
    int columns = Math.min(8, data.count());
    List<float[]> real = new ArrayList<>();
    List<float[]> decoded = new ArrayList<>();
    for (int i = 0; i < columns; i++) {
      float[] image = new float[pixels.size()];
      float[] tokens = new float[pixels.size()];
      data.read((int) ((long) i * data.count() / columns), false, image, 0);
      pixels.toTokens(image, tokens, 0);
      real.add(image);
      double[] nearest = model.codebook().decode(model.codebook().encode(tokens));
      decoded.add(pixels.toImage(nearest, 0));
    }
    real.addAll(decoded);
    PngWriter.write(
        target,
        ImageGrid.draw(
            GridLayout.ofColumns(columns).withRowLabels(List.of("image", "codes")),
            config.image().channels(),
            config.image().side(),
            real));
  }

  /** Draws at which step each place of the grid is filled. */
  public static void order(DiscreteConfig config, int[] places, Path target) throws IOException {
    int[] steps = OrderName.steps(places, config.network().group());
    PngWriter.write(target, OrderPicture.draw(steps, config.network().gridSide()));
  }

  /** Draws the order as the matrix that takes places to positions. */
  public static void matrix(int[] places, Path target) throws IOException {
    PngWriter.write(target, BasisPicture.of(places.length, OrderName.matrix(places)).matrix());
  }

  /** What the order is, in words. */
  public static String describe(DiscreteConfig config, DiscreteModel model) {
    LearnedOrder order = model.order();
    if (order == null) {
      return "order: " + config.order().label();
    }
    int[] places = order.places();
    return String.format(
        Locale.ROOT,
        "order: learned, %d of %d positions moved from raster, certainty %.3f",
        OrderName.moved(places),
        places.length,
        order.certainty(places));
  }
}

package org.basisar.bar.run;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.basisar.bar.data.ImageData;
import org.basisar.bar.discrete.DiscreteConfig;
import org.basisar.bar.discrete.DiscreteModel;
import org.basisar.bar.discrete.DiscreteSampler;
import org.basisar.bar.discrete.OrderName;
import org.basisar.bar.picture.BasisPicture;
import org.basisar.bar.picture.GridLayout;
import org.basisar.bar.picture.ImageGrid;
import org.basisar.bar.picture.PngWriter;
import org.basisar.bar.picture.Shading;
import org.basisar.bar.train.PixelTokens;

/** The pictures of a run on discrete tokens, from the weights in use now. */
public final class DiscretePictures {
  private static final int GREATEST_BATCH = 32;

  private DiscretePictures() {}

  /** Groups that {@link #samples} generates. */
  public static long evaluations(DiscreteConfig config, int images) {
    int batch = Math.min(GREATEST_BATCH, images);
    return (long) Math.ceilDiv(images, batch) * config.network().groups();
  }

  /** Draws a row of samples for every label. */
  public static void samples(
      DiscreteConfig config,
      DiscreteModel model,
      int[] labels,
      int columns,
      long seed,
      Path target,
      Runnable progress)
      throws IOException {
    int count = labels.length * columns;
    int batch = Math.min(GREATEST_BATCH, count);
    PixelTokens pixels = config.tokens();
    List<float[]> images = new ArrayList<>();
    try (DiscreteSampler sampler =
        new DiscreteSampler(model.network(), config.sampling(), model.places(), batch)) {
      for (int first = 0; first < count; first += batch) {
        int[] wanted = new int[batch];
        for (int i = 0; i < batch; i++) {
          // A last batch that is not full repeats the last label; the surplus is thrown away.
          wanted[i] = labels[Math.min(first + i, count - 1) / columns];
        }
        double[] tokens = model.codebook().decode(sampler.sample(wanted, seed, first, progress));
        for (int i = 0; i < Math.min(batch, count - first); i++) {
          images.add(pixels.toImage(tokens, i * pixels.size()));
        }
      }
    }
    List<String> names = config.data().classNames();
    PngWriter.write(
        target,
        ImageGrid.draw(
            GridLayout.ofColumns(columns)
                .withRowLabels(Arrays.stream(labels).mapToObj(names::get).toList()),
            config.image().channels(),
            config.image().side(),
            images));
  }

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

  /** Draws the permutation matrix, and its rows on the grid. */
  static void order(DiscreteConfig config, int[] places, Path rows, Path matrix)
      throws IOException {
    int side = config.network().gridSide();
    int[] raster = new int[places.length];
    Arrays.setAll(raster, t -> t);
    BasisPicture picture = BasisPicture.of(places.length, OrderName.matrix(places));
    PngWriter.write(
        rows,
        picture.heatMaps(
            BasisPicture.choose(places.length), raster, side, Shading.DARKER_IS_HIGHER));
    PngWriter.write(matrix, picture.matrix());
  }
}

package org.basisar.bar.run;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import org.basisar.bar.basis.LearnedBasis;
import org.basisar.bar.data.ImageData;
import org.basisar.bar.picture.BasisPicture;
import org.basisar.bar.picture.GridLayout;
import org.basisar.bar.picture.ImageGrid;
import org.basisar.bar.picture.PngWriter;
import org.basisar.bar.picture.PrefixPicture;
import org.basisar.bar.picture.Shading;
import org.basisar.bar.train.RunConfig;
import org.basisar.bar.xar.CellOrder;
import org.jspecify.annotations.Nullable;

/** The pictures of a run, from the weights in use now. */
public final class RunPictures {
  private static final int PREFIX_ROWS = 6;
  private static final int GREATEST_BATCH = 32;

  private RunPictures() {}

  /**
   * Which classes to show: all, or an even choice of 16 when there are more.
   *
   * @return labels, ascending
   */
  public static int[] shownClasses(int classes) {
    int shown = Math.min(16, classes);
    int[] labels = new int[shown];
    Arrays.setAll(labels, i -> (int) ((long) i * classes / shown));
    return labels;
  }

  /**
   * Draws a row of samples for every label, and beside it the prefix decoding of the first sample
   * of some rows (paper fig. 4).
   *
   * @param columns samples per label
   * @param target the grid
   * @param prefixTarget the prefix decoding, or null for none
   * @param listener is told every evaluation of the network
   * @param stop asked after each of them
   * @throws CancellationException if it was asked to stop; then nothing was written
   */
  public static void samples(
      ImageModel model,
      int[] labels,
      int columns,
      long seed,
      Path target,
      @Nullable Path prefixTarget,
      RunListener listener,
      BooleanSupplier stop)
      throws IOException {
    int[] repeated = new int[labels.length * columns];
    Arrays.setAll(repeated, i -> labels[i / columns]);
    List<String> names =
        Arrays.stream(labels).mapToObj(label -> name(model.data(), label)).toList();
    int batch = Math.min(GREATEST_BATCH, repeated.length);
    try (Generator generator = model.generator(batch)) {
      List<double[]> coefficients;
      listener.begin("sampling", model.evaluations(repeated.length, batch), 0);
      try {
        coefficients =
            generator.coefficients(
                repeated,
                seed,
                () -> {
                  listener.progress("");
                  checkStop(stop);
                });
      } finally {
        listener.end();
      }
      PngWriter.write(
          target,
          ImageGrid.draw(
              GridLayout.ofColumns(columns).withRowLabels(names),
              model.image().pictureChannels(),
              model.image().pictureSide(),
              generator.images(coefficients)));
      if (prefixTarget != null) {
        prefixes(model, generator, coefficients, names, columns, prefixTarget);
      }
    }
  }

  /**
   * Ends what is under way if that was asked for.
   *
   * @throws CancellationException if so
   */
  static void checkStop(BooleanSupplier stop) {
    if (stop.getAsBoolean()) {
      throw new CancellationException();
    }
  }

  private static void prefixes(
      ImageModel model,
      Generator generator,
      List<double[]> coefficients,
      List<String> names,
      int columns,
      Path target)
      throws IOException {
    int[] lengths = model.prefixLengths();
    int rows = Math.min(PREFIX_ROWS, names.size());
    List<double[]> chosen = new ArrayList<>();
    for (int row = 0; row < rows; row++) {
      chosen.add(coefficients.get(row * columns));
    }
    PngWriter.write(
        target,
        PrefixPicture.draw(
            lengths,
            names.subList(0, rows),
            model.image().pictureChannels(),
            model.image().pictureSide(),
            generator.prefixes(chosen, lengths)));
  }

  private static String name(RunConfig.Data data, int label) {
    return label < data.classNames().size() ? data.classNames().get(label) : "no class";
  }

  /** Draws basis vectors as heat maps on the token grid (paper fig. 3). */
  public static void basis(RunConfig config, LearnedBasis basis, Path target) throws IOException {
    CellOrder order = config.tokens().order();
    BasisPicture picture = BasisPicture.of(order.tokens(), basis.values());
    PngWriter.write(
        target,
        picture.heatMaps(
            BasisPicture.choose(basis.rows()),
            order.raster(),
            order.side(),
            Shading.DARKER_IS_HIGHER));
  }

  /**
   * Draws training images, a row for every label, to compare samples with.
   *
   * @param columns images per label, fewer if there are not as many
   */
  public static void real(
      RunConfig.Data names,
      RunConfig.Image image,
      ImageData data,
      int[] labels,
      int columns,
      Path target)
      throws IOException {
    int channels = image.channels();
    int side = image.side();
    Map<Integer, List<float[]>> found = new HashMap<>();
    int missing = labels.length * columns;
    for (int i = 0; i < data.count() && missing > 0; i++) {
      List<float[]> row = found.computeIfAbsent(data.label(i), _ -> new ArrayList<>());
      if (row.size() < columns && Arrays.binarySearch(labels, data.label(i)) >= 0) {
        float[] pixels = new float[channels * side * side];
        data.read(i, false, pixels, 0);
        row.add(pixels);
        missing--;
      }
    }
    float[] black = new float[image.pictureChannels() * image.pictureSide() * image.pictureSide()];
    Arrays.fill(black, -1);
    if (image.latents().present()) {
      try (LatentPictures decoder = LatentPictures.of(image)) {
        found.replaceAll((_, row) -> decoder.decode(row));
      }
    }
    List<float[]> images = new ArrayList<>();
    List<String> rows = new ArrayList<>();
    for (int label : labels) {
      rows.add(name(names, label));
      List<float[]> row = found.getOrDefault(label, List.of());
      for (int column = 0; column < columns; column++) {
        images.add(column < row.size() ? row.get(column) : black);
      }
    }
    PngWriter.write(
        target,
        ImageGrid.draw(
            GridLayout.ofColumns(columns).withRowLabels(rows),
            image.pictureChannels(),
            image.pictureSide(),
            images));
  }

  /** Draws A·Aᵀ − I. */
  public static void deviation(RunConfig config, LearnedBasis basis, Path target)
      throws IOException {
    int tokens = config.tokens().order().tokens();
    PngWriter.write(target, BasisPicture.of(tokens, basis.values()).deviation());
  }

  /** Draws A itself. */
  public static void matrix(RunConfig config, LearnedBasis basis, Path target) throws IOException {
    int tokens = config.tokens().order().tokens();
    PngWriter.write(target, BasisPicture.of(tokens, basis.values()).matrix());
  }
}

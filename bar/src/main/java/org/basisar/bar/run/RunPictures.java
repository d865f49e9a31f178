package org.basisar.bar.run;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.basisar.bar.basis.LearnedBasis;
import org.basisar.bar.data.ImageData;
import org.basisar.bar.picture.BasisPicture;
import org.basisar.bar.picture.GridLayout;
import org.basisar.bar.picture.ImageGrid;
import org.basisar.bar.picture.PngWriter;
import org.basisar.bar.picture.PrefixPicture;
import org.basisar.bar.picture.Shading;
import org.basisar.bar.train.RunConfig;
import org.basisar.bar.train.TrainedModel;
import org.basisar.bar.xar.CellOrder;
import org.basisar.bar.xar.XarSampler;
import org.basisar.nn.Cells;
import org.jspecify.annotations.Nullable;

/** The pictures of a run, from the weights in use now. */
public final class RunPictures {
  private static final int PREFIX_COLUMNS = 9;
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

  /** Times that {@link #samples} tells its progress. */
  public static long evaluations(RunConfig config, int classes, int columns) {
    return Generator.evaluations(
        config, config.sampling(), classes * columns, batch(classes * columns));
  }

  private static int batch(int count) {
    return Math.min(GREATEST_BATCH, count);
  }

  /**
   * Draws a row of samples for every label, and beside it the prefix decoding of the first sample
   * of some rows (paper fig. 4).
   *
   * @param columns samples per label
   * @param target the grid
   * @param prefixTarget the prefix decoding, or null for none
   */
  public static void samples(
      RunConfig config,
      TrainedModel model,
      int[] labels,
      int columns,
      long seed,
      Path target,
      @Nullable Path prefixTarget,
      XarSampler.Progress progress)
      throws IOException {
    int[] repeated = new int[labels.length * columns];
    Arrays.setAll(repeated, i -> labels[i / columns]);
    List<String> names = Arrays.stream(labels).mapToObj(label -> name(config, label)).toList();
    try (Generator generator =
        new Generator(config, model, config.sampling(), batch(repeated.length))) {
      List<double[]> coefficients = generator.coefficients(repeated, seed, progress);
      PngWriter.write(
          target,
          ImageGrid.draw(
              GridLayout.ofColumns(columns).withRowLabels(names),
              config.image().pictureChannels(),
              config.image().pictureSide(),
              generator.images(coefficients)));
      if (prefixTarget != null) {
        prefixes(config, generator, coefficients, names, columns, prefixTarget);
      }
    }
  }

  private static void prefixes(
      RunConfig config,
      Generator generator,
      List<double[]> coefficients,
      List<String> names,
      int columns,
      Path target)
      throws IOException {
    int[] lengths = prefixLengths(config.layout().cells());
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
            config.image().pictureChannels(),
            config.image().pictureSide(),
            generator.prefixes(chosen, lengths)));
  }

  /** Equally far apart; where cells are levels, one after each level. */
  private static int[] prefixLengths(Cells cells) {
    if (!cells.equal()) {
      int[] ends = new int[cells.count()];
      Arrays.setAll(ends, cell -> cells.start(cell) + cells.size(cell));
      return ends;
    }
    int length = cells.positions();
    return PrefixPicture.lengths(length, Math.max(1, Math.ceilDiv(length - 1, PREFIX_COLUMNS - 1)));
  }

  private static String name(RunConfig config, int label) {
    return label < config.data().classNames().size()
        ? config.data().classNames().get(label)
        : "no class";
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
  public static void real(RunConfig config, ImageData data, int[] labels, int columns, Path target)
      throws IOException {
    int channels = config.image().channels();
    int side = config.image().side();
    Map<Integer, List<float[]>> found = new HashMap<>();
    int missing = labels.length * columns;
    for (int i = 0; i < data.count() && missing > 0; i++) {
      List<float[]> row = found.computeIfAbsent(data.label(i), _ -> new ArrayList<>());
      if (row.size() < columns && Arrays.binarySearch(labels, data.label(i)) >= 0) {
        float[] image = new float[channels * side * side];
        data.read(i, false, image, 0);
        row.add(image);
        missing--;
      }
    }
    RunConfig.Image image = config.image();
    float[] black = new float[image.pictureChannels() * image.pictureSide() * image.pictureSide()];
    Arrays.fill(black, -1);
    if (image.latents().present()) {
      try (LatentPictures decoder = LatentPictures.of(image)) {
        found.replaceAll((_, row) -> decoder.decode(row));
      }
    }
    List<float[]> images = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (int label : labels) {
      names.add(name(config, label));
      List<float[]> row = found.getOrDefault(label, List.of());
      for (int column = 0; column < columns; column++) {
        images.add(column < row.size() ? row.get(column) : black);
      }
    }
    PngWriter.write(
        target,
        ImageGrid.draw(
            GridLayout.ofColumns(columns).withRowLabels(names),
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

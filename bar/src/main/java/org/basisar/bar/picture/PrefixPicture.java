package org.basisar.bar.picture;

import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Generation by prefix, as in the paper's figures 4 and 9: each row one sample, each column what
 * the first k tokens alone decode to, with k above.
 */
public final class PrefixPicture {
  private PrefixPicture() {}

  /**
   * Prefix lengths as the paper chooses them: one token, then every {@code step} tokens, and the
   * whole sequence last.
   *
   * @param tokens N
   * @param step tokens from one picture to the next (the paper: 25 of 256)
   * @return ascending lengths from 1 to N
   */
  public static int[] lengths(int tokens, int step) {
    if (tokens < 1 || step < 1) {
      throw new IllegalArgumentException(
          "Prefixes of %d tokens in steps of %d do not exist; both must be at least 1."
              .formatted(tokens, step));
    }
    List<Integer> lengths = new ArrayList<>();
    for (int length = 1; length < tokens; length += step) {
      lengths.add(length);
    }
    lengths.add(tokens);
    return lengths.stream().mapToInt(Integer::intValue).toArray();
  }

  /**
   * Draws the decoded prefixes of some samples.
   *
   * @param lengths k of each column (see {@link #lengths})
   * @param sampleLabels one word for each sample, or empty
   * @param channels 1 or 3
   * @param side height and width of each image in pixels
   * @param decoded for each sample, for each length, an image {@code [C, side, side]} in −1 to 1
   * @return the picture
   * @throws IllegalArgumentException if a sample has not one image for each length, or as {@link
   *     ImageGrid#draw(GridLayout, int, int, List)}
   */
  public static BufferedImage draw(
      int[] lengths,
      List<String> sampleLabels,
      int channels,
      int side,
      List<List<float[]>> decoded) {
    var images = new ArrayList<float[]>();
    for (int sample = 0; sample < decoded.size(); sample++) {
      if (decoded.get(sample).size() != lengths.length) {
        throw new IllegalArgumentException(
            "Sample %d has %d images for %d prefix lengths; decode one image for each length."
                .formatted(sample, decoded.get(sample).size(), lengths.length));
      }
      images.addAll(decoded.get(sample));
    }
    List<String> above = Arrays.stream(lengths).mapToObj(Integer::toString).toList();
    GridLayout layout =
        GridLayout.ofColumns(Math.max(1, lengths.length))
            .withRowLabels(sampleLabels)
            .withColumnLabels(above);
    return ImageGrid.draw(layout, channels, side, images);
  }
}

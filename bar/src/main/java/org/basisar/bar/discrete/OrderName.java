package org.basisar.bar.discrete;

import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** In which order the codes of a grid are generated: which permutation matrix A is. */
public enum OrderName {
  /** Row by row. */
  RASTER,
  /** The same position of four regions in turn (PAR). */
  PAR,
  /** The same position of sixteen regions in turn (PAR). */
  PAR_16,
  /** Random for every image, ever less often; at last and in generation raster (RAR). */
  RAR,
  /** Learned along with the network. */
  LEARNED;

  /**
   * The order that training begins with and, unless learned, generation uses.
   *
   * @param side of the grid
   * @return the grid place of each position
   * @throws IllegalArgumentException if the side is not divisible as PAR needs it
   */
  public int[] places(int side) {
    return switch (this) {
      case RASTER, RAR, LEARNED -> regions(side, 1);
      case PAR -> regions(side, 2);
      case PAR_16 -> regions(side, 4);
    };
  }

  private static int[] regions(int side, int across) {
    if (side % across != 0) {
      throw new IllegalArgumentException(
          "a grid of side "
              + side
              + " has no "
              + across
              + " regions across; choose another --order");
    }
    int inside = side / across;
    int[] places = new int[side * side];
    for (int k = 0; k < places.length; k++) {
      int region = k % (across * across);
      int within = k / (across * across);
      int row = region / across * inside + within / inside;
      int column = region % across * inside + within % inside;
      places[k] = row * side + column;
    }
    return places;
  }

  /**
   * The order of one image in training: {@link #places} but for RAR, which permutes with a
   * probability that is 1 in the first half of training and 0 in its last quarter.
   *
   * @param fixed from {@link #places}
   * @param progress steps done over all steps
   */
  public int[] training(int[] fixed, double progress, SplittableRandom random) {
    int[] places = fixed.clone();
    double probability = Math.clamp((0.75 - progress) / 0.25, 0, 1);
    if (this == RAR && random.nextDouble() < probability) {
      for (int i = places.length - 1; i > 0; i--) {
        int j = random.nextInt(i + 1);
        int swapped = places[i];
        places[i] = places[j];
        places[j] = swapped;
      }
    }
    return places;
  }

  /**
   * At which autoregressive step each place of the grid is filled.
   *
   * @param places the grid place of each position
   * @param group positions per step
   * @return a step from 0 for every place, row by row
   */
  public static int[] steps(int[] places, int group) {
    int[] steps = new int[places.length];
    for (int k = 0; k < places.length; k++) {
      steps[places[k]] = k / group;
    }
    return steps;
  }

  /** Positions that hold another place than in raster order. */
  public static long moved(int[] places) {
    return IntStream.range(0, places.length).filter(k -> places[k] != k).count();
  }

  /** The name as it is typed. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Row-major matrix of an order: entry (k, place of k) is 1. */
  public static double[] matrix(int[] places) {
    double[] values = new double[places.length * places.length];
    Arrays.setAll(values, i -> places[i / places.length] == i % places.length ? 1 : 0);
    return values;
  }
}

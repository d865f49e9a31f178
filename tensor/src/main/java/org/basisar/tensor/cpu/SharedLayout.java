package org.basisar.tensor.cpu;

/**
 * Where images lie in the columns of a {@link SharedTile}: side by side, but a vector holds parts
 * of at most two images, since the tile reads it with two loads. Images of few channels, of which a
 * vector should hold more, have to be gathered before.
 */
final class SharedLayout {
  private static final int LANES = FloatTile.LANES;
  private static final int VECTORS = SharedTile.VECTORS;

  /** Each vector of the tile as one piece, for results that are to lie as in the tile. */
  static final int[] WHOLE = whole();

  /** Whether the tile reads a copy in which the images lie side by side as in the tile. */
  final boolean gathered;

  /** Images that share a tile. */
  final int images;

  /**
   * For every vector the positions in x of its lane 0 in the first and in the second image that it
   * holds, and the lane at which the second one begins.
   */
  final int[] sources = new int[3 * VECTORS];

  /** Elements of x from the first image on that are read, some of them for nothing. */
  final int reach;

  /**
   * The results' way to y, in pieces of at most one vector: for every vector of the tile where its
   * list ends; then the lists of the last vector's pieces to the first's, each piece with the lane
   * where it begins and its position in y. Lanes behind the end of a token's last piece are written
   * over by what comes later: the token's other pieces and the next token.
   */
  final int[] pieces;

  private final int channels;

  /** First column of every image. */
  private final int[] columns = new int[VECTORS * LANES];

  /**
   * The layout.
   *
   * @param inner tokens of an image of x
   * @param rows tokens of an image of y
   */
  SharedLayout(int inner, int rows, int channels) {
    this.channels = channels;
    gathered = 2 * channels < LANES;
    images = place();
    int farthest = gathered ? readGathered() : readInPlace(inner);
    reach = farthest + (inner - 1) * channels + LANES;
    pieces = pieces(rows);
  }

  /**
   * Whether the machine has the tile, and few of its columns would be idle: at most a quarter, or a
   * sixteenth if images are gathered, since then they can be gathered for other tiles, too.
   */
  static boolean pays(int channels) {
    if (!SharedTile.SUPPORTED || channels == 0) {
      return false;
    }
    SharedLayout layout = new SharedLayout(1, 1, channels);
    int columns = VECTORS * LANES;
    int idle = columns - layout.images * channels;
    return layout.gathered ? 16 * idle < columns : 4 * idle <= columns;
  }

  /** Rows of y behind a row that its stores may write to. */
  int spill() {
    return Math.ceilDiv(LANES - 1, channels);
  }

  /** The first column of an image. */
  int column(int image) {
    return columns[image];
  }

  private int readGathered() {
    for (int vector = 0; vector < VECTORS; vector++) {
      sources[3 * vector] = vector * LANES;
      sources[3 * vector + 1] = vector * LANES;
      sources[3 * vector + 2] = LANES;
    }
    return 0;
  }

  /** Returns the farthest position of a first token's vector. */
  private int readInPlace(int inner) {
    int farthest = 0;
    for (int image = 0; image < images; image++) {
      int end = column(image) + channels;
      for (int vector = column(image) / LANES; vector * LANES < end; vector++) {
        int at = image * inner * channels + vector * LANES - column(image);
        boolean second = column(image) > vector * LANES;
        sources[3 * vector + 1] = at;
        sources[3 * vector + 2] = second ? column(image) - vector * LANES : LANES;
        if (!second) {
          sources[3 * vector] = at;
        }
        farthest = Math.max(farthest, at);
      }
    }
    return farthest;
  }

  private int place() {
    int count = 0;
    int column = 0;
    while (column + channels <= VECTORS * LANES) {
      columns[count++] = column;
      int end = column + channels;
      // The second image of a vector that ends there leaves its last lanes idle.
      boolean second = column % LANES != 0 && column / LANES == (end - 1) / LANES;
      column = second && !gathered ? Math.ceilDiv(end, LANES) * LANES : end;
    }
    return count;
  }

  private int[] pieces(int rows) {
    int perImage = Math.ceilDiv(channels, LANES);
    int[] list = new int[VECTORS + 2 * images * perImage];
    int end = VECTORS;
    for (int vector = VECTORS - 1; vector >= 0; vector--) {
      for (int image = images - 1; image >= 0; image--) {
        for (int piece = perImage - 1; piece >= 0; piece--) {
          int column = column(image) + piece * LANES;
          if (column / LANES == vector) {
            list[end++] = column % LANES;
            list[end++] = image * rows * channels + piece * LANES;
          }
        }
      }
      list[vector] = end;
    }
    return list;
  }

  private static int[] whole() {
    int[] list = new int[3 * VECTORS];
    int end = VECTORS;
    for (int vector = VECTORS - 1; vector >= 0; vector--) {
      list[end++] = 0;
      list[end++] = vector * LANES;
      list[vector] = end;
    }
    return list;
  }
}

package org.basisar.gpu;

/**
 * The geometry of a launch: blocks, threads of a block, and bytes of dynamic shared memory of a
 * block.
 */
public record Grid(
    int blocksX,
    int blocksY,
    int blocksZ,
    int threadsX,
    int threadsY,
    int threadsZ,
    int sharedBytes) {
  /** Most blocks along y and z. */
  public static final int MOST_BLOCKS_YZ = 65535;

  /** Checks the limits every device has. */
  public Grid {
    if (blocksX < 1 || blocksY < 1 || blocksZ < 1) {
      throw new IllegalArgumentException(
          "grid: blocks " + blocksX + " x " + blocksY + " x " + blocksZ + " must be positive");
    }
    if (blocksY > MOST_BLOCKS_YZ || blocksZ > MOST_BLOCKS_YZ) {
      throw new IllegalArgumentException(
          "grid: " + blocksY + " x " + blocksZ + " blocks in y and z exceed " + MOST_BLOCKS_YZ);
    }
    long threads = (long) threadsX * threadsY * threadsZ;
    if (threadsX < 1 || threadsY < 1 || threadsZ < 1 || threads > 1024) {
      throw new IllegalArgumentException("grid: " + threads + " threads a block, not 1 to 1024");
    }
  }

  /** A row of blocks of {@code threads} threads. */
  public static Grid linear(int blocks, int threads) {
    return new Grid(blocks, 1, 1, threads, 1, 1, 0);
  }

  /** A rectangle of blocks of {@code threads} threads. */
  public static Grid rectangle(int blocksX, int blocksY, int threads) {
    return new Grid(blocksX, blocksY, 1, threads, 1, 1, 0);
  }

  /** The same with dynamic shared memory. */
  public Grid withShared(int bytes) {
    return new Grid(blocksX, blocksY, blocksZ, threadsX, threadsY, threadsZ, bytes);
  }

  /** Blocks needed for {@code count} items, {@code perBlock} each; at least 1. */
  public static int blocksFor(long count, int perBlock) {
    return (int) Math.max(1, Math.ceilDiv(count, (long) perBlock));
  }
}

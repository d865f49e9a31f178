package org.basisar.bar.latent;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.basisar.bar.data.DataException;

/**
 * A cache made by {@link LatentEncoder}. Shards are mapped, not loaded; moments are compared with
 * their checksums each time they are read.
 */
public final class LatentCache extends LatentImages implements AutoCloseable {
  private final Path folder;
  private final LatentManifest manifest;
  private final List<LatentShard> shards = new ArrayList<>();
  private final int[] labels;

  private LatentCache(Path folder, LatentManifest manifest) {
    this.folder = folder;
    this.manifest = manifest;
    labels = new int[manifest.count()];
  }

  /** Whether a folder is a finished cache, or says that it is. */
  public static boolean recognised(Path folder) {
    return Files.isRegularFile(folder.resolve(LatentManifest.NAME));
  }

  /** Whether a folder is a cache in the making. */
  public static boolean unfinished(Path folder) {
    return !recognised(folder) && Files.isRegularFile(folder.resolve(LatentManifest.UNFINISHED));
  }

  /**
   * Opens a cache and checks every shard, but for the moments.
   *
   * @throws DataException if it is damaged, in one sentence
   */
  public static LatentCache open(Path folder) {
    LatentManifest manifest = LatentManifest.read(folder.resolve(LatentManifest.NAME));
    if (manifest.shards().isEmpty()) {
      throw new DataException(
          "%s lists no shards; encode the pictures again."
              .formatted(folder.resolve(LatentManifest.NAME)));
    }
    LatentCache cache = new LatentCache(folder, manifest);
    boolean opened = false;
    try {
      for (int shard = 0; shard < manifest.shardCount(); shard++) {
        LatentShard made = LatentShard.open(folder, shard, manifest);
        cache.shards.add(made);
        int[] some = made.labels();
        System.arraycopy(some, 0, cache.labels, shard * manifest.perShard(), some.length);
      }
      opened = true;
      return cache;
    } finally {
      if (!opened) {
        cache.close();
      }
    }
  }

  /** The path below the pictures' source of an image. */
  public String path(int index) {
    Objects.checkIndex(index, count());
    return shards.get(index / manifest.perShard()).paths().get(index % manifest.perShard());
  }

  /**
   * Reads all moments once.
   *
   * @throws DataException if any is damaged
   */
  public void verify() {
    float[] moments = new float[manifest.momentSize()];
    for (int i = 0; i < count(); i++) {
      moments(i, false, moments);
      moments(i, true, moments);
    }
  }

  @Override
  void moments(int index, boolean flip, float[] destination) {
    Objects.checkIndex(index, count());
    shards.get(index / manifest.perShard()).read(index % manifest.perShard(), flip, destination);
  }

  @Override
  public void expect(int index) {
    Objects.checkIndex(index, count());
    shards.get(index / manifest.perShard()).expect(index % manifest.perShard());
  }

  @Override
  public int count() {
    return manifest.count();
  }

  @Override
  public List<String> classNames() {
    return manifest.classNames();
  }

  @Override
  public int label(int index) {
    return labels[index];
  }

  @Override
  public int side() {
    return manifest.latentSide();
  }

  @Override
  public int channels() {
    return manifest.channels();
  }

  @Override
  public int pictureSide() {
    return manifest.side();
  }

  @Override
  public String weights() {
    return manifest.weights();
  }

  @Override
  public String weightsChecksum() {
    return manifest.weightsChecksum();
  }

  @Override
  public String pictures() {
    return manifest.source();
  }

  @Override
  public String describe() {
    return describe(folder.toString());
  }

  @Override
  public void close() {
    shards.forEach(LatentShard::close);
  }
}

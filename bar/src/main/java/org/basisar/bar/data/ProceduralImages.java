package org.basisar.bar.data;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The embedded data set: image {@code index} shows scene {@code index % scenes}, drawn from (seed,
 * index) alone. Images are drawn when first read and kept as bytes while all of them fit the
 * budget; larger sets are drawn at each read.
 */
final class ProceduralImages implements ImageData {
  private final String source;
  private final List<Scene> scenes;
  private final List<String> classNames;
  private final int side;
  private final long seed;
  private final int count;
  private final boolean kept;
  // Two threads may draw the same image at once; both get the same bytes, and either copy may stay.
  private final AtomicReferenceArray<byte @Nullable []> drawn;

  ProceduralImages(
      String source, List<Scene> scenes, int count, int side, long seed, long byteBudget) {
    this.source = source;
    this.scenes = List.copyOf(scenes);
    this.classNames = scenes.stream().map(Scene::name).toList();
    this.count = count;
    this.side = side;
    this.seed = seed;
    this.kept = 3L * side * side * count <= byteBudget;
    this.drawn = new AtomicReferenceArray<>(kept ? count : 0);
  }

  @Override
  public int count() {
    return count;
  }

  @Override
  public List<String> classNames() {
    return classNames;
  }

  @Override
  public int label(int index) {
    return Objects.checkIndex(index, count) % scenes.size();
  }

  @Override
  public int side() {
    return side;
  }

  @Override
  public int channels() {
    return 3;
  }

  @Override
  public void read(int index, boolean flip, float[] destination, int offset) {
    PlanarBytes.scale(bytes(Objects.checkIndex(index, count)), side, flip, destination, offset);
  }

  @Override
  public String describe() {
    return Description.of(source, this);
  }

  private byte[] bytes(int index) {
    if (!kept) {
      return draw(index);
    }
    byte @Nullable [] bytes = drawn.getAcquire(index);
    if (bytes == null) {
      bytes = draw(index);
      drawn.setRelease(index, bytes);
    }
    return bytes;
  }

  private byte[] draw(int index) {
    Canvas canvas = new Canvas(side);
    scenes.get(index % scenes.size()).drawing().draw(canvas, new Draws(seed, index));
    return canvas.planarBytes();
  }
}

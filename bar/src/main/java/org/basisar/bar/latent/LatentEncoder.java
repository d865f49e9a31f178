package org.basisar.bar.latent;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.basisar.bar.data.DataException;
import org.basisar.bar.data.PictureFiles;
import org.basisar.bar.vae.Autoencoder;
import org.basisar.bar.vae.VaeConfig;
import org.basisar.nn.io.IoReason;
import org.basisar.nn.io.Sha256;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;

/**
 * Encodes pictures into a cache, shard by shard. What is written is a function of the pictures, the
 * weights and the plan: a work that was killed goes on after its last whole shard and ends with the
 * same bytes.
 */
public final class LatentEncoder {
  /**
   * What is to be made.
   *
   * @param folder of the cache; made if it is not there
   * @param side of the centre crops, in pixels
   * @param batch pictures to encode at a time
   * @param perShard images of a shard
   * @param source the pictures as the user named them
   * @param weights the autoencoder's file as the user named it
   */
  public record Plan(
      Path folder, int side, int batch, int perShard, String source, String weights) {
    /** Checks ranges. */
    public Plan {
      if (side < 1 || batch < 1 || perShard < 1) {
        throw new IllegalArgumentException("side, batch and images per shard must be positive");
      }
    }
  }

  /** Is told of the work. */
  public interface Progress {
    /** Begins, with so many of all images encoded before. */
    void begin(int images, int done);

    /** One more image is encoded. */
    void encoded();
  }

  private final PictureFiles pictures;
  private final Autoencoder network;
  private final Plan plan;
  private final Progress progress;
  private final BooleanSupplier stop;

  /**
   * A work to do.
   *
   * @param stop asked between batches
   */
  public LatentEncoder(
      PictureFiles pictures,
      Autoencoder network,
      Plan plan,
      Progress progress,
      BooleanSupplier stop) {
    this.pictures = pictures;
    this.network = network;
    this.plan = plan;
    this.progress = progress;
    this.stop = stop;
  }

  /**
   * Does what is left to do.
   *
   * @return whether the cache is finished; false if it was stopped
   * @throws DataException if a picture is unsound, or the folder holds something else
   */
  public boolean run() {
    LatentManifest manifest = manifest();
    Path finished = plan.folder().resolve(LatentManifest.NAME);
    Path unfinished = plan.folder().resolve(LatentManifest.UNFINISHED);
    if (Files.exists(finished)) {
      requireSame(LatentManifest.read(finished), manifest);
      return true;
    }
    if (Files.exists(unfinished)) {
      requireSame(LatentManifest.read(unfinished), manifest);
    } else {
      requireEmpty();
      manifest.write(unfinished);
    }
    List<Long> seals = new ArrayList<>();
    int first = 0;
    while (first < manifest.shardCount() && present(first)) {
      seals.add(seal(first, manifest));
      first++;
    }
    int done = Math.min(first * manifest.perShard(), manifest.count());
    progress.begin(manifest.count(), done);
    try (PictureQueue queue = new PictureQueue(pictures, plan.side(), done, plan.batch())) {
      for (int shard = first; shard < manifest.shardCount(); shard++) {
        if (!encode(shard, manifest, queue)) {
          return false;
        }
        seals.add(seal(shard, manifest));
      }
    }
    manifest.finished(seals).write(finished);
    try {
      Files.deleteIfExists(unfinished);
    } catch (IOException e) {
      throw new DataException(
          "%s cannot be removed (%s).".formatted(unfinished, IoReason.of(e)), e);
    }
    return true;
  }

  private LatentManifest manifest() {
    VaeConfig extents = network.config();
    int factor = extents.factor();
    if (plan.side() % factor != 0) {
      throw new DataException(
          "Pictures of %d pixels cannot be encoded by an autoencoder that makes one latent of %d; choose a multiple."
              .formatted(plan.side(), factor));
    }
    int latentSide = plan.side() / factor;
    long numbers =
        2L
            * LatentShard.FLIPS
            * extents.latentChannels()
            * latentSide
            * latentSide
            * plan.perShard();
    if (numbers > Integer.MAX_VALUE / 8) {
      throw new DataException(
          "Shards of %d images would take %d MB each; choose fewer images per shard."
              .formatted(plan.perShard(), numbers / 250_000));
    }
    return new LatentManifest(
        plan.source(),
        listing(pictures),
        pictures.classNames(),
        pictures.count(),
        plan.side(),
        extents.latentChannels(),
        latentSide,
        plan.weights(),
        network.checksum(),
        plan.batch(),
        plan.perShard(),
        List.of());
  }

  /** SHA-256 of all paths and labels. */
  private static String listing(PictureFiles pictures) {
    return Sha256.of(digest -> {
      for (int i = 0; i < pictures.count(); i++) {
        String line = pictures.label(i) + " " + pictures.path(i) + "\n";
        digest.update(line.getBytes(StandardCharsets.UTF_8));
      }
    });
  }

  private void requireSame(LatentManifest found, LatentManifest wanted) {
    if (!found.sameWork(wanted)) {
      throw new DataException(
          "%s holds latents of other pictures, of another side, batch or shard size, or of another autoencoder; choose another folder, or remove it."
              .formatted(plan.folder()));
    }
  }

  private void requireEmpty() {
    if (!Files.exists(plan.folder())) {
      return;
    }
    try (Stream<Path> content = Files.list(plan.folder())) {
      if (content.findAny().isEmpty()) {
        return;
      }
    } catch (IOException e) {
      throw new DataException(
          "%s cannot be listed (%s).".formatted(plan.folder(), IoReason.of(e)), e);
    }
    throw new DataException(
        "%s is not empty and no latent cache; choose another folder.".formatted(plan.folder()));
  }

  private boolean present(int shard) {
    return Files.exists(plan.folder().resolve(LatentManifest.shardName(shard)));
  }

  private long seal(int number, LatentManifest manifest) {
    try (LatentShard shard = LatentShard.open(plan.folder(), number, manifest)) {
      if (!shard.belongsTo(manifest, number)) {
        throw new DataException(
            "%s is from another work; remove it and give the same command again."
                .formatted(plan.folder().resolve(LatentManifest.shardName(number))));
      }
      return shard.seal();
    }
  }

  /** Returns false if stopped; then nothing was written. */
  private boolean encode(int shard, LatentManifest manifest, PictureQueue queue) {
    int first = shard * manifest.perShard();
    int images = manifest.imagesIn(shard);
    int size = manifest.momentSize();
    float[] moments = new float[images * LatentShard.FLIPS * size];
    int[] labels = new int[images];
    List<String> paths = new ArrayList<>();
    for (int from = 0; from < images; from += plan.batch()) {
      if (stop.getAsBoolean()) {
        return false;
      }
      int count = Math.min(plan.batch(), images - from);
      float[] batch = new float[count * 3 * plan.side() * plan.side()];
      for (int i = 0; i < count; i++) {
        labels[from + i] = pictures.label(first + from + i);
        paths.add(pictures.path(first + from + i));
        queue.take(batch, i);
      }
      for (int flip = 0; flip < LatentShard.FLIPS; flip++) {
        float[] made = moments(batch, count);
        for (int i = 0; i < count; i++) {
          int to = ((from + i) * LatentShard.FLIPS + flip) * size;
          System.arraycopy(made, i * size, moments, to, size);
          requireFinite(made, i * size, size, first + from + i);
        }
        if (flip == 0) {
          mirror(batch, plan.side());
        }
      }
      for (int i = 0; i < count; i++) {
        progress.encoded();
      }
    }
    LatentShard.write(plan.folder(), shard, manifest, moments, labels, paths);
    return true;
  }

  private float[] moments(float[] batch, int count) {
    try (Scope _ = Scope.open()) {
      return network.moments(Tensor.of(batch, count, 3, plan.side(), plan.side())).toFloats();
    }
  }

  private void requireFinite(float[] made, int from, int count, int image) {
    for (int i = from; i < from + count; i++) {
      if (!Float.isFinite(made[i])) {
        throw new DataException(
            "The autoencoder %s gives %s for %s; its weights are damaged or not for pictures."
                .formatted(plan.weights(), made[i], pictures.path(image)));
      }
    }
  }

  /** Mirrors rows left to right, in place. */
  private static void mirror(float[] rows, int side) {
    for (int row = 0; row < rows.length; row += side) {
      for (int left = row, right = row + side - 1; left < right; left++, right--) {
        float kept = rows[left];
        rows[left] = rows[right];
        rows[right] = kept;
      }
    }
  }
}

package org.basisar.bar.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.basisar.bar.train.RunConfig;
import org.basisar.bar.train.RunException;
import org.basisar.bar.vae.Autoencoder;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;

/** Makes pictures of a run's latents with the autoencoder that made the latents. */
public final class LatentPictures implements AutoCloseable {
  private static final long PIXELS_AT_ONCE = 4L * 256 * 256;

  private final RunConfig.Image image;
  private final Autoencoder network;

  private LatentPictures(RunConfig.Image image, Autoencoder network) {
    this.image = image;
    this.network = network;
  }

  /**
   * Opens the autoencoder of a run on latents.
   *
   * @throws RunException if the file holds another one
   * @throws RuntimeException of the file's format, in one sentence, if it cannot be read
   */
  public static LatentPictures of(RunConfig.Image image) {
    Autoencoder network = Autoencoder.open(Path.of(image.latents().weights()));
    boolean fits = false;
    try {
      String checksum = network.checksum();
      if (!checksum.equals(image.latents().checksum())) {
        throw new RunException(
            "%s is not the autoencoder that the latents were made with (checksum %s… instead of %s…); give that with --vae FILE"
                .formatted(
                    image.latents().weights(),
                    checksum.substring(0, 8),
                    image.latents().checksum().substring(0, 8)));
      }
      if (network.config().latentChannels() != image.channels()
          || network.config().factor() * image.side() != image.latents().side()) {
        throw new RunException(
            "%s makes other latents than the run has; give the right autoencoder with --vae FILE"
                .formatted(image.latents().weights()));
      }
      fits = true;
      return new LatentPictures(image, network);
    } finally {
      if (!fits) {
        network.close();
      }
    }
  }

  /**
   * Decodes.
   *
   * @param latents planar [C, h, w] each, not scaled
   * @return planar [3, side, side] each, not limited to [-1, 1]
   */
  public List<float[]> decode(List<float[]> latents) {
    int side = image.latents().side();
    int batch = (int) Math.max(1, PIXELS_AT_ONCE / ((long) side * side));
    int size = image.channels() * image.side() * image.side();
    int pixels = 3 * side * side;
    List<float[]> pictures = new ArrayList<>();
    for (int first = 0; first < latents.size(); first += batch) {
      int count = Math.min(batch, latents.size() - first);
      float[] joined = new float[count * size];
      for (int i = 0; i < count; i++) {
        System.arraycopy(latents.get(first + i), 0, joined, i * size, size);
      }
      float[] decoded;
      try (Scope _ = Scope.open()) {
        decoded =
            network
                .decode(Tensor.of(joined, count, image.channels(), image.side(), image.side()))
                .toFloats();
      }
      for (int i = 0; i < count; i++) {
        float[] picture = new float[pixels];
        System.arraycopy(decoded, i * pixels, picture, 0, pixels);
        pictures.add(picture);
      }
    }
    return pictures;
  }

  @Override
  public void close() {
    network.close();
  }
}

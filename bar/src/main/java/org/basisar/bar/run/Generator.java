package org.basisar.bar.run;

import java.util.ArrayList;
import java.util.List;
import org.basisar.bar.discrete.DiscreteConfig;
import org.basisar.bar.discrete.DiscreteModel;
import org.basisar.bar.train.PixelTokens;
import org.basisar.bar.train.RunConfig;
import org.basisar.bar.train.TrainedModel;
import org.basisar.bar.xar.SamplerSettings;
import org.basisar.bar.xar.XarSampler;
import org.jspecify.annotations.Nullable;

/** Generates images with a trained model, in batches of one size. */
public final class Generator implements AutoCloseable {
  private final PixelTokens tokens;
  private final int batch;
  private final int size; // numbers of an image's coefficients
  private final TokenSampler sampler;
  private final TokenDecoder decoder;
  private final RunConfig.Image image;
  private @Nullable LatentPictures latents;

  /** A generator; the model's weights in use now are those that are sampled. */
  public Generator(RunConfig config, TrainedModel model, SamplerSettings settings, int batch) {
    this.batch = batch;
    tokens = config.tokens();
    image = config.image();
    size = config.layout().positions() * tokens.dimension();
    sampler = TokenSampler.of(config, model, settings, batch);
    decoder = TokenDecoder.of(model);
  }

  /** A generator of codes; coefficients are their vectors, in the order of generation. */
  public Generator(DiscreteConfig config, DiscreteModel model, int batch) {
    this.batch = batch;
    tokens = config.tokens();
    image = config.image();
    size = tokens.size();
    int[] places = model.places();
    sampler = TokenSampler.of(config, model, places, batch);
    decoder = TokenDecoder.of(places);
  }

  /**
   * Generates one image per label.
   *
   * @param seed with the image's position in {@code labels} decides its noise
   * @return coefficients [N', C] of each image, in sequence order
   */
  public List<double[]> coefficients(int[] labels, long seed, XarSampler.Progress progress) {
    return coefficients(labels, seed, 0, progress);
  }

  /**
   * Generates images of a larger set.
   *
   * @param offset index of the first of these images in the set; with the seed an image's index
   *     decides its noise
   */
  public List<double[]> coefficients(
      int[] labels, long seed, long offset, XarSampler.Progress progress) {
    List<double[]> images = new ArrayList<>();
    for (int first = 0; first < labels.length; first += batch) {
      int[] part = new int[batch];
      for (int i = 0; i < batch; i++) {
        // A last batch that is not full repeats the last label; the surplus is thrown away.
        part[i] = labels[Math.min(first + i, labels.length - 1)];
      }
      double[] sequences = sampler.sample(part, seed, offset + first, progress);
      for (int i = 0; i < Math.min(batch, labels.length - first); i++) {
        double[] image = new double[size];
        System.arraycopy(sequences, i * size, image, 0, size);
        images.add(image);
      }
    }
    return images;
  }

  /**
   * Pictures from coefficients, planar [channels, side, side], not limited to [-1, 1]; latents are
   * decoded.
   */
  public List<float[]> images(List<double[]> coefficients) {
    double[] joined = join(coefficients);
    double[] decoded = decoder.decode(joined, coefficients.size());
    List<float[]> images = new ArrayList<>();
    for (int i = 0; i < coefficients.size(); i++) {
      images.add(tokens.toImage(decoded, i * tokens.size()));
    }
    return seen(images);
  }

  /**
   * The images that the first coefficients describe, one per prefix length.
   *
   * @param lengths numbers of coefficients kept
   * @return for every sample one image per length
   */
  public List<List<float[]>> prefixes(List<double[]> coefficients, int[] lengths) {
    double[] joined = join(coefficients);
    List<List<float[]>> all = new ArrayList<>();
    coefficients.forEach(_ -> all.add(new ArrayList<>()));
    for (int length : lengths) {
      double[] decoded = decoder.prefix(joined, coefficients.size(), length);
      List<float[]> images = new ArrayList<>();
      for (int i = 0; i < coefficients.size(); i++) {
        images.add(tokens.toImage(decoded, i * tokens.size()));
      }
      List<float[]> seen = seen(images);
      for (int i = 0; i < coefficients.size(); i++) {
        all.get(i).add(seen.get(i));
      }
    }
    return all;
  }

  private double[] join(List<double[]> parts) {
    double[] joined = new double[parts.size() * size];
    for (int i = 0; i < parts.size(); i++) {
      System.arraycopy(parts.get(i), 0, joined, i * size, size);
    }
    return joined;
  }

  /** What one sees of images: themselves, or what their latents stand for. */
  public List<float[]> seen(List<float[]> images) {
    if (!image.latents().present()) {
      return images;
    }
    LatentPictures opened = latents;
    if (opened == null) {
      opened = LatentPictures.of(image);
      latents = opened;
    }
    return opened.decode(images);
  }

  @Override
  public void close() {
    if (latents != null) {
      latents.close();
    }
    sampler.close();
  }
}

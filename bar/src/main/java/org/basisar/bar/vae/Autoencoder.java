package org.basisar.bar.vae;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.basisar.nn.Convolution;
import org.basisar.nn.Module;
import org.basisar.nn.Setup;
import org.basisar.nn.Weights;
import org.basisar.nn.io.TensorFile;
import org.basisar.tensor.DType;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Random;
import org.basisar.tensor.Tensor;

/**
 * The autoencoder. Images are [B, 3, H, W] in [−1, 1] with sides that {@link VaeConfig#factor}
 * divides; the side need not be the one that the weights were trained on.
 *
 * <p>Models are trained on {@link #SCALE} times a sampled latent and decoded from a latent divided
 * by it.
 */
public final class Autoencoder extends Module {
  /** What the public code multiplies latents with, so that their standard deviation is about 1. */
  public static final double SCALE = 0.2325;

  private static final double LEAST_LOG_VARIANCE = -30;
  private static final double MOST_LOG_VARIANCE = 20;

  /** Dicts that the public files keep the weights in. */
  private static final String[] KEYS = {"model", "state_dict"};

  /** What the files of latent diffusion hold besides: the discriminator they were trained with. */
  private static final String DISCRIMINATOR = "loss.";

  private final VaeConfig config;
  private final Encoder encoder;
  private final Decoder decoder;
  private final Convolution toMoments;
  private final Convolution fromLatent;

  /** A network with random weights. */
  public Autoencoder(Setup setup, VaeConfig config) {
    this.config = config;
    int latent = config.latentChannels();
    encoder = child("encoder", new Encoder(setup, config));
    decoder = child("decoder", new Decoder(setup, config));
    toMoments = child("quant_conv", Stage.one(setup, 2 * latent, 2 * latent));
    fromLatent = child("post_quant_conv", Stage.one(setup, latent, latent));
  }

  /**
   * The autoencoder that a file holds, in fp32; its extents are told by the file's shapes.
   *
   * @throws org.basisar.nn.WeightsException naming every missing, unexpected and misshaped key at
   *     once
   * @throws RuntimeException of the format, in one sentence, if the file cannot be read
   */
  public static Autoencoder open(Path file) {
    VaeConfig config;
    try (TensorFile weights = Weights.open(file, KEYS)) {
      config = VaeConfig.of(weights);
    }
    Autoencoder network = seeded(config, 0);
    boolean loaded = false;
    try {
      network.load(file);
      loaded = true;
      return network;
    } finally {
      if (!loaded) {
        network.close();
      }
    }
  }

  /** An autoencoder of random weights, in fp32, the same for the same seed. */
  public static Autoencoder seeded(VaeConfig config, long seed) {
    try (Random random = new Random(seed)) {
      return new Autoencoder(new Setup(DType.F32, random, random), config);
    }
  }

  /** See {@link Weights#checksum}; the same whatever format the weights came in. */
  public String checksum() {
    return Weights.checksum(tensors());
  }

  /** The extents. */
  public VaeConfig config() {
    return config;
  }

  /**
   * Overwrites the weights from a safetensors file, an index of several, or a PyTorch file that
   * holds the state dict at its top, under {@code model} or under {@code state_dict}.
   *
   * @throws org.basisar.nn.WeightsException naming every missing, unexpected and misshaped key at
   *     once; then nothing was overwritten
   * @throws RuntimeException of the format, in one sentence, if the file cannot be read
   */
  public void load(Path file) {
    try (TensorFile weights = Weights.open(file, KEYS)) {
      Weights.read(file.toString(), weights, tensors(), name -> name.startsWith(DISCRIMINATOR));
    }
  }

  /** Writes the weights as safetensors, or as a PyTorch file if the name ends in pth or ckpt. */
  public void save(Path file) {
    Weights.export(file, tensors(), KEYS[0]);
  }

  private Map<String, Tensor> tensors() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    parameters().forEach((path, parameter) -> tensors.put(path, parameter.tensor()));
    return tensors;
  }

  /**
   * The posterior of images: [B, 2·latent channels, H/factor, W/factor], means first, then the
   * logarithms of the variances as they come, not clamped.
   *
   * @throws IllegalArgumentException if the factor does not divide the sides
   */
  public Tensor moments(Tensor images) {
    int factor = config.factor();
    int height = images.shape().dim(2);
    int width = images.shape().dim(3);
    if (height % factor != 0 || width % factor != 0) {
      throw new IllegalArgumentException(
          "images of "
              + height
              + " x "
              + width
              + " pixels cannot be encoded; crop the sides to multiples of "
              + factor);
    }
    return Stage.frugal(() -> toMoments.forward(encoder.forward(images)));
  }

  /** The means of a posterior: [B, latent channels, h, w]. */
  public static Tensor mean(Tensor moments) {
    return Ops.slice(moments, 1, 0, moments.shape().dim(1) / 2);
  }

  /** A draw from a posterior: mean + exp(½·log variance)·noise, the logarithm in [−30, 20]. */
  public static Tensor sample(Tensor moments, Random random) {
    int channels = moments.shape().dim(1) / 2;
    Tensor mean = mean(moments);
    Tensor logVariance =
        Ops.clamp(Ops.slice(moments, 1, channels, channels), LEAST_LOG_VARIANCE, MOST_LOG_VARIANCE);
    Tensor deviation = Ops.exp(Ops.scale(logVariance, 0.5));
    Tensor noise = random.normal(moments.dtype(), mean.shape().dims());
    return Ops.add(mean, Ops.mul(deviation, noise));
  }

  /** Images of latents [B, latent channels, h, w]: [B, 3, h·factor, w·factor], not clamped. */
  public Tensor decode(Tensor latents) {
    return Stage.frugal(() -> decoder.forward(fromLatent.forward(latents)));
  }
}

package org.basisar.bar.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.basisar.bar.metrics.network.Clip;
import org.basisar.bar.metrics.network.ClipTokenizer;
import org.basisar.bar.metrics.network.Dino;
import org.basisar.bar.metrics.network.ImageNetwork;
import org.basisar.bar.metrics.network.Inception;
import org.basisar.bar.metrics.network.Vgg;
import org.basisar.nn.Setup;
import org.basisar.tensor.DType;
import org.basisar.tensor.Random;
import org.jspecify.annotations.Nullable;

/** The networks whose weights a user has, on the device that was current when they were loaded. */
public final class FieldNetworks implements AutoCloseable {
  /** Which file each network wants and where people usually get it. */
  public static final String WHERE =
      "--inception FILE   weights-inception-2015-12-05-6726825d.pth, release v0.2.0 of"
          + " torch-fidelity on GitHub: FID, sFID, IS, KID, precision and recall\n"
          + "--dino FILE        dinov2_vitl14_pretrain.pth, model list of DINOv2 on GitHub:"
          + " FD-DINOv2\n"
          + "--clip FILE        model.safetensors of openai/clip-vit-base-patch32 or"
          + " clip-vit-large-patch14 on Hugging Face: CLIP score\n"
          + "--clip-merges FILE merges.txt from the same place, or bpe_simple_vocab_16e6.txt.gz of"
          + " CLIP on GitHub\n"
          + "--vgg FILE         vgg16-397923af.pth, torchvision's model list: precision and recall"
          + " in VGG features\n"
          + "--statistics FILE  VIRTUAL_imagenet256_labeled.npz or VIRTUAL_imagenet512.npz,"
          + " evaluations of guided-diffusion on GitHub";

  private final Random random = new Random(1);
  private final List<ImageNetwork> loaded = new ArrayList<>();
  private @Nullable Inception inception;
  private @Nullable Dino dino;
  private @Nullable Clip clip;
  private @Nullable ClipTokenizer tokenizer;
  private @Nullable Vgg vgg;

  /** Loads Inception from a file. */
  public void inception(Path file) {
    inception = loaded(new Inception(setup()), file);
  }

  /** Loads DINOv2 from a file. */
  public void dino(Path file) {
    dino = loaded(new Dino(setup()), file);
  }

  /**
   * Loads CLIP from a file.
   *
   * @param merges its tokenizer's
   */
  public void clip(Path file, Path merges) {
    tokenizer = ClipTokenizer.read(merges);
    clip = loaded(new Clip(setup(), Clip.configOf(file)), file);
  }

  /** Loads VGG16 from a file. */
  public void vgg(Path file) {
    vgg = loaded(new Vgg(setup()), file);
  }

  /** Uses networks that are there already, and closes them too. */
  void use(Inception features, Clip texts, ClipTokenizer words) {
    inception = features;
    clip = texts;
    tokenizer = words;
    loaded.add(features);
    loaded.add(texts);
  }

  private Setup setup() {
    return new Setup(DType.F32, random, random);
  }

  private <N extends ImageNetwork> N loaded(N network, Path file) {
    loaded.add(network);
    network.load(file);
    return network;
  }

  /** Inception, or null. */
  public @Nullable Inception inception() {
    return inception;
  }

  /** DINOv2, or null. */
  public @Nullable Dino dino() {
    return dino;
  }

  /** CLIP, or null. */
  public @Nullable Clip clip() {
    return clip;
  }

  /** CLIP's tokenizer, or null. */
  public @Nullable ClipTokenizer tokenizer() {
    return tokenizer;
  }

  /** VGG16, or null. */
  public @Nullable Vgg vgg() {
    return vgg;
  }

  @Override
  public void close() {
    loaded.forEach(ImageNetwork::close);
    random.close();
  }
}

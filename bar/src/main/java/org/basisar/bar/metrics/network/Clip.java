package org.basisar.bar.metrics.network;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import org.basisar.bar.metrics.MetricsException;
import org.basisar.nn.Initializer;
import org.basisar.nn.LayerNorm;
import org.basisar.nn.Linear;
import org.basisar.nn.Module;
import org.basisar.nn.Parameter;
import org.basisar.nn.Setup;
import org.basisar.nn.Weights;
import org.basisar.nn.io.TensorFile;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;

/**
 * CLIP (Radford et al. 2021), images and texts, ViT-B/32 or ViT-L/14 of OpenAI under the keys of
 * the Hugging Face files {@code openai/clip-vit-base-patch32} and {@code clip-vit-large-patch14}.
 * Images are brought to 224 pixels on the shorter side bicubically on bytes and cropped at the
 * centre.
 *
 * <p>{@link #features} gives the projected class token, [B, projection], not normalised.
 */
public final class Clip extends ImageNetwork {
  private static final double EPSILON = ClipEncoder.EPSILON;
  private static final double[] MEAN = {0.48145466, 0.4578275, 0.40821073};
  private static final double[] DEVIATION = {0.26862954, 0.26130258, 0.27577711};

  /**
   * Extents.
   *
   * @param side of the images inside, in pixels
   * @param words entries of the vocabulary; the last one ends a text
   * @param places tokens of the longest text
   */
  public record Config(
      int width,
      int depth,
      int heads,
      int side,
      int patch,
      int textWidth,
      int textDepth,
      int textHeads,
      int words,
      int places,
      int projection) {
    /** ViT-B/32: 151,277,313 parameters. */
    public static final Config BASE_32 =
        new Config(768, 12, 12, 224, 32, 512, 12, 8, 49408, 77, 512);

    /** ViT-L/14: 427,616,513 parameters. */
    public static final Config LARGE_14 =
        new Config(1024, 24, 16, 224, 14, 768, 12, 12, 49408, 77, 768);
  }

  private final Config config;
  private final TextModel text;
  private final VisionModel vision;
  private final Linear visualProjection;
  private final Linear textProjection;

  /** A network with random weights. */
  public Clip(Setup setup, Config config) {
    this.config = config;
    parameter(setup, "logit_scale", Shape.of(), Initializer.constant(Math.log(1 / 0.07)));
    text = child("text_model", new TextModel(setup, config));
    vision = child("vision_model", new VisionModel(setup, config));
    visualProjection =
        child("visual_projection", new Linear(setup, config.width(), config.projection(), false));
    textProjection =
        child("text_projection", new Linear(setup, config.textWidth(), config.projection(), false));
  }

  /**
   * Which of the two public networks a file holds, by the width of its patches' vectors.
   *
   * @throws MetricsException if it is neither
   */
  public static Config configOf(Path file) {
    String key = "vision_model.embeddings.patch_embedding.weight";
    try (TensorFile weights = Weights.open(file, "state_dict", "model")) {
      if (weights.contains(key)) {
        Shape shape = weights.entry(key).shape();
        for (Config config : List.of(Config.BASE_32, Config.LARGE_14)) {
          if (shape.equals(Shape.of(config.width(), 3, config.patch(), config.patch()))) {
            return config;
          }
        }
      }
    }
    throw new MetricsException(
        file
            + " is neither CLIP ViT-B/32 nor ViT-L/14 under the keys of Hugging Face; get"
            + " model.safetensors of openai/clip-vit-base-patch32 or clip-vit-large-patch14");
  }

  private static final class TextEmbeddings extends Module {
    private final Table words;
    private final Table places;

    TextEmbeddings(Setup setup, Config config) {
      words = child("token_embedding", new Table(setup, config.words(), config.textWidth()));
      places = child("position_embedding", new Table(setup, config.places(), config.textWidth()));
    }

    Tensor forward(Tensor tokens) {
      Tensor here = Ops.contiguous(Ops.slice(places.tensor(), 0, 0, tokens.shape().dim(1)));
      return Ops.add(Ops.embedding(words.tensor(), tokens), here);
    }
  }

  private static final class TextModel extends Module {
    private final TextEmbeddings embeddings;
    private final ClipEncoder encoder;
    private final LayerNorm norm;

    TextModel(Setup setup, Config config) {
      embeddings = child("embeddings", new TextEmbeddings(setup, config));
      encoder =
          child(
              "encoder",
              new ClipEncoder(
                  setup, config.textWidth(), config.textDepth(), config.textHeads(), true));
      norm = child("final_layer_norm", new LayerNorm(setup, config.textWidth(), EPSILON));
    }
  }

  private static final class VisionEmbeddings extends Module {
    private final Parameter classVector;
    private final Filters patches;
    private final Table places;
    private final int patch;

    VisionEmbeddings(Setup setup, Config config) {
      int grid = config.side() / config.patch();
      patch = config.patch();
      classVector =
          parameter(setup, "class_embedding", Shape.of(config.width()), Initializer.normal(0.5));
      patches =
          child("patch_embedding", new Filters(setup, 3, config.width(), patch, patch, false));
      places = child("position_embedding", new Table(setup, 1 + grid * grid, config.width()));
    }

    Tensor forward(Tensor images) {
      Tensor tokens = Tokens.withClass(classVector.tensor(), patches.forward(images, patch, 0));
      return Ops.add(tokens, places.tensor());
    }
  }

  private static final class VisionModel extends Module {
    private final VisionEmbeddings embeddings;
    private final LayerNorm before;
    private final ClipEncoder encoder;
    private final LayerNorm after;

    VisionModel(Setup setup, Config config) {
      embeddings = child("embeddings", new VisionEmbeddings(setup, config));
      before = child("pre_layrnorm", new LayerNorm(setup, config.width(), EPSILON)); // so spelt
      encoder =
          child(
              "encoder",
              new ClipEncoder(setup, config.width(), config.depth(), config.heads(), false));
      after = child("post_layernorm", new LayerNorm(setup, config.width(), EPSILON));
    }
  }

  @Override
  public Tensor[] features(Tensor images) {
    Tensor x =
        Pooling.frugal(() -> {
          Tensor normal = Tokens.normalised(cropped(images), MEAN, DEVIATION);
          return vision.before.forward(vision.embeddings.forward(normal));
        });
    Tensor classToken = Tokens.one(vision.encoder.forward(x), 0);
    return new Tensor[] {visualProjection.forward(vision.after.forward(classToken))};
  }

  private Tensor cropped(Tensor images) {
    int side = config.side();
    int height = images.shape().dim(2);
    int width = images.shape().dim(3);
    int newHeight = height <= width ? side : (int) ((long) side * height / width);
    int newWidth = width <= height ? side : (int) ((long) side * width / height);
    Tensor sized = Resize.bicubic(images, newHeight, newWidth);
    Tensor rows = Ops.slice(sized, 2, middle(newHeight - side), side);
    return Ops.contiguous(Ops.slice(rows, 3, middle(newWidth - side), side));
  }

  /** Half of what is too much, rounded half to even as there. */
  private static int middle(int excess) {
    return (int) Math.rint(excess / 2.0);
  }

  /** Tokens of the longest text, start and end among them. */
  public int longestText() {
    return config.places();
  }

  /**
   * Features of texts, [texts, projection], not normalised.
   *
   * @param texts tokens of each with start and end, at most as many as there are places
   */
  public Tensor textFeatures(List<int[]> texts) {
    int longest = texts.stream().mapToInt(tokens -> tokens.length).max().orElse(1);
    if (longest > config.places()) {
      throw new IllegalArgumentException(
          "a text of " + longest + " tokens is longer than the " + config.places() + " of CLIP");
    }
    int[] padded = new int[texts.size() * longest];
    int[] ends = new int[texts.size()];
    for (int i = 0; i < texts.size(); i++) {
      // What stands behind the end is seen by nothing that is looked at.
      System.arraycopy(texts.get(i), 0, padded, i * longest, texts.get(i).length);
      ends[i] = i * longest + texts.get(i).length - 1;
    }
    Tensor tokens = Tensor.of(padded, texts.size(), longest);
    Tensor x = text.norm.forward(text.encoder.forward(text.embeddings.forward(tokens)));
    Tensor rows = Ops.reshape(x, texts.size() * longest, config.textWidth());
    return textProjection.forward(Ops.gather(rows, 0, Tensor.of(ends, ends.length)));
  }

  @Override
  Predicate<String> ignored() {
    return name -> name.endsWith(".position_ids");
  }
}

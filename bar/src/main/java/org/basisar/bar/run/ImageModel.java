package org.basisar.bar.run;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.basisar.bar.basis.LearnedBasis;
import org.basisar.bar.data.ImageData;
import org.basisar.bar.discrete.DiscreteConfig;
import org.basisar.bar.discrete.DiscreteModel;
import org.basisar.bar.discrete.DiscreteValidation;
import org.basisar.bar.discrete.OrderName;
import org.basisar.bar.mar.MarSettings;
import org.basisar.bar.picture.PrefixPicture;
import org.basisar.bar.train.RunConfig;
import org.basisar.bar.train.TrainedModel;
import org.basisar.bar.train.Validation;
import org.basisar.nn.Cells;
import org.basisar.nn.Weights;
import org.basisar.nn.io.JsonValue.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * A trained model with the settings of its run, as drawing and judging see it: something that makes
 * images, whatever its tokens are. The weights in use now count.
 */
public sealed interface ImageModel {
  /** Lengths in a picture of prefixes. */
  int PREFIX_COLUMNS = 9;

  /** What it was trained on. */
  RunConfig.Data data();

  /** What its images look like. */
  RunConfig.Image image();

  /** A generator of so many images at a time. */
  Generator generator(int batch);

  /** How often a generator tells its progress for one batch. */
  long progressPerBatch();

  /** How often it tells its progress for {@code count} images. */
  default long evaluations(int count, int batch) {
    return Math.ceilDiv(count, batch) * progressPerBatch();
  }

  /** Numbers of coefficients that tell how an image comes about. */
  int[] prefixLengths();

  /** Figures on images that were never trained on; none if there are no such images. */
  Map<String, Double> validation(@Nullable ImageData heldOut);

  /** Figures of the transform on images. */
  Map<String, Double> transform(ImageData images);

  /**
   * Writes down all that a generated image depends on besides its label, its number and the seed.
   */
  void identify(JsonObject.Builder json);

  /** A model on continuous tokens. */
  static ImageModel of(RunConfig config, TrainedModel model) {
    return new OfTokens(config, model);
  }

  /** A model on codes. */
  static ImageModel of(DiscreteConfig config, DiscreteModel model) {
    return new OfCodes(config, model);
  }

  /** Lengths equally far apart. */
  private static int[] evenly(int length) {
    return PrefixPicture.lengths(length, Math.max(1, Math.ceilDiv(length - 1, PREFIX_COLUMNS - 1)));
  }

  /** On continuous tokens. */
  record OfTokens(RunConfig config, TrainedModel model) implements ImageModel {
    @Override
    public RunConfig.Data data() {
      return config.data();
    }

    @Override
    public RunConfig.Image image() {
      return config.image();
    }

    @Override
    public Generator generator(int batch) {
      return new Generator(config, model, config.sampling(), batch);
    }

    @Override
    public long progressPerBatch() {
      return TokenSampler.progressPerBatch(config, config.sampling());
    }

    /** Equally far apart; where cells are levels, one after each level. */
    @Override
    public int[] prefixLengths() {
      Cells cells = config.layout().cells();
      if (cells.equal()) {
        return evenly(cells.positions());
      }
      int[] ends = new int[cells.count()];
      Arrays.setAll(ends, cell -> cells.start(cell) + cells.size(cell));
      return ends;
    }

    @Override
    public Map<String, Double> validation(@Nullable ImageData heldOut) {
      Validation validation = Validation.of(config, heldOut);
      double error = validation == null ? Double.NaN : validation.error(model);
      return Double.isFinite(error) ? Map.of(RunEvaluation.VALIDATION, error) : Map.of();
    }

    @Override
    public Map<String, Double> transform(ImageData images) {
      LearnedBasis basis = model.basis();
      TransformFigures figures = new TransformFigures(config.tokens(), images);
      if (basis == null) {
        return figures.of(LearnedBasis.identity(config.tokens().order().tokens()));
      }
      if (basis.rows() == basis.tokens()) {
        return figures.of(basis.values());
      }
      Map<String, Double> all = new LinkedHashMap<>(figures.ofRectangle(basis));
      all.put("energy lost by the transform", config.basis().lostShare());
      return all;
    }

    @Override
    public void identify(JsonObject.Builder json) {
      json.put("weights", Weights.checksum(model.tensors()))
          .put("autoencoder", config.image().latents().checksum())
          .put("sampler", config.sampling().method().name())
          .put("steps", config.sampling().steps())
          .put("guidance", config.sampling().guidanceScale())
          .put("firstGuidance", config.sampling().firstGuidance());
      if (config.network() instanceof MarSettings mar) {
        json.put("iterations", mar.iterations())
            .put("temperature", mar.temperature())
            .put("clip", mar.clip());
      }
    }
  }

  /** On codes. */
  record OfCodes(DiscreteConfig config, DiscreteModel model) implements ImageModel {
    @Override
    public RunConfig.Data data() {
      return config.data();
    }

    @Override
    public RunConfig.Image image() {
      return config.image();
    }

    @Override
    public Generator generator(int batch) {
      return new Generator(config, model, batch);
    }

    @Override
    public long progressPerBatch() {
      return config.network().groups();
    }

    /** Whole groups, equally far apart. */
    @Override
    public int[] prefixLengths() {
      int group = config.network().group();
      return Arrays.stream(evenly(config.network().groups())).map(k -> k * group).toArray();
    }

    @Override
    public Map<String, Double> validation(@Nullable ImageData heldOut) {
      DiscreteValidation validation = DiscreteValidation.of(config, model.codebook(), heldOut);
      return validation == null
          ? Map.of()
          : Map.of("validation nats per code", validation.crossEntropy(model));
    }

    @Override
    public Map<String, Double> transform(ImageData images) {
      TransformFigures figures = new TransformFigures(config.tokens(), images);
      Map<String, Double> all = new LinkedHashMap<>(figures.of(OrderName.matrix(model.places())));
      all.put("energy lost by quantisation", model.codebook().lostEnergy(figures.sample()));
      return all;
    }

    @Override
    public void identify(JsonObject.Builder json) {
      json.put("weights", Weights.checksum(model.tensors()))
          .put("temperature", config.sampling().temperature())
          .put("guidance", config.sampling().guidanceScale());
    }
  }
}

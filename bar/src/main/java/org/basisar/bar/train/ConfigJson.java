package org.basisar.bar.train;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.basisar.bar.basis.BasisStart;
import org.basisar.bar.basis.Objective;
import org.basisar.bar.basis.Projection;
import org.basisar.bar.basis.Readings;
import org.basisar.bar.transform.TransformKind;
import org.basisar.bar.xar.SamplerSettings;
import org.basisar.nn.io.JsonValue;
import org.basisar.nn.io.JsonValue.JsonArray;
import org.basisar.nn.io.JsonValue.JsonObject;
import org.basisar.nn.io.JsonValue.JsonString;

/**
 * A run's configuration as {@code config.json}; unknown keys are refused, and all are required but
 * those that came later, which then have the values that runs had before.
 */
final class ConfigJson {
  /** What was trained with before the readings were switches. */
  static final Readings BEFORE_THE_CHOICE =
      new Readings(
          Readings.Reduction.MEAN,
          Readings.Reduction.MEAN,
          Readings.TokenGradient.FULL,
          1,
          0,
          Readings.Norm.SHARED,
          Readings.Sampled.AVERAGED,
          Readings.Decoding.INVERSE);

  private ConfigJson() {}

  static JsonObject write(RunConfig config) {
    RunConfig.Data data = config.data();
    RunConfig.Image image = config.image();
    RunConfig.Basis basis = config.basis();
    RunConfig.Training training = config.training();
    SamplerSettings sampling = config.sampling();
    return JsonObject.builder()
        .put("seed", config.seed())
        .put(
            "data",
            JsonObject.builder()
                .put("source", data.source())
                .put("classNames", JsonArray.ofStrings(data.classNames()))
                .put("flip", data.flip())
                .put("heldOut", data.heldOut())
                .build())
        .put("image", image(image))
        .put("network", NetworkJson.write(config.network()))
        .put(
            "basis",
            JsonObject.builder()
                .put("transform", lower(basis.transform()))
                .put("start", lower(basis.start()))
                .put("objective", lower(basis.objective()))
                .put("times", lower(basis.times()))
                .put("regularizerWeight", basis.regularizerWeight())
                .put("projection", lower(basis.projection()))
                .put("delta", basis.delta())
                .put("rateScale", basis.rateScale())
                .put("readings", readings(basis.readings()))
                .put("lostShare", basis.lostShare())
                .build())
        .put(
            "training",
            JsonObject.builder()
                .put("steps", training.steps())
                .put("batch", training.batch())
                .put("accumulation", training.accumulation())
                .put("learningRate", training.learningRate())
                .put("floor", training.floor())
                .put("warmup", training.warmup())
                .put("schedule", lower(training.schedule()))
                .put("weightDecay", training.weightDecay())
                .put("beta1", training.beta1())
                .put("beta2", training.beta2())
                .put("maxNorm", training.maxNorm())
                .put("averageDecay", training.averageDecay())
                .put("labelDropout", training.labelDropout())
                .put("precision", lower(training.precision()))
                .build())
        .put(
            "sampling",
            JsonObject.builder()
                .put("method", lower(sampling.method()))
                .put("steps", sampling.steps())
                .put("guidanceScale", sampling.guidanceScale())
                .put("firstGuidance", sampling.firstGuidance())
                .build())
        .build();
  }

  private static JsonObject image(RunConfig.Image image) {
    JsonObject.Builder json =
        JsonObject.builder()
            .put("side", image.side())
            .put("channels", image.channels())
            .put("patch", image.patch())
            .put("scale", image.scale());
    RunConfig.Latents latents = image.latents();
    if (latents.present()) {
      json.put(
          "latents",
          JsonObject.builder()
              .put("side", latents.side())
              .put("weights", latents.weights())
              .put("checksum", latents.checksum())
              .build());
    }
    return json.build();
  }

  private static RunConfig.Latents latents(JsonObject image) {
    if (!image.has("latents")) {
      return RunConfig.Latents.NONE;
    }
    JsonObject latents = section(image, "latents", RunConfig.Latents.class);
    return new RunConfig.Latents(
        latents.intAt("side"), latents.stringAt("weights"), latents.stringAt("checksum"));
  }

  private static JsonObject readings(Readings readings) {
    return JsonObject.builder()
        .put("lossReduction", lower(readings.lossReduction()))
        .put("regularizerReduction", lower(readings.regularizerReduction()))
        .put("tokenGradient", lower(readings.tokenGradient()))
        .put("projectionEvery", readings.projectionEvery())
        .put("weightDecay", readings.weightDecay())
        .put("norm", lower(readings.norm()))
        .put("sampled", lower(readings.sampled()))
        .put("decoding", lower(readings.decoding()))
        .build();
  }

  /** The readings of a basis; runs from before there was a choice have those of that time. */
  private static Readings readings(JsonObject basis) {
    if (!basis.has("readings")) {
      return BEFORE_THE_CHOICE;
    }
    JsonObject readings = section(basis, "readings", Readings.class);
    return new Readings(
        choice(Readings.Reduction.class, readings, "lossReduction"),
        choice(Readings.Reduction.class, readings, "regularizerReduction"),
        choice(Readings.TokenGradient.class, readings, "tokenGradient"),
        readings.intAt("projectionEvery"),
        readings.doubleAt("weightDecay"),
        choice(Readings.Norm.class, readings, "norm"),
        choice(Readings.Sampled.class, readings, "sampled"),
        choice(Readings.Decoding.class, readings, "decoding"));
  }

  static RunConfig read(JsonObject json) {
    json.requireOnly(Set.of("seed", "data", "image", "network", "basis", "training", "sampling"));
    JsonObject data = section(json, "data", RunConfig.Data.class);
    JsonObject image = section(json, "image", RunConfig.Image.class);
    JsonObject basis = section(json, "basis", RunConfig.Basis.class);
    JsonObject training = section(json, "training", RunConfig.Training.class);
    JsonObject sampling = section(json, "sampling", SamplerSettings.class);
    return new RunConfig(
        new RunConfig.Data(
            data.stringAt("source"),
            strings(data.arrayAt("classNames")),
            data.booleanAt("flip"),
            data.has("heldOut") ? data.intAt("heldOut") : 0),
        new RunConfig.Image(
            image.intAt("side"),
            image.intAt("channels"),
            image.intAt("patch"),
            image.doubleAt("scale"),
            latents(image)),
        NetworkJson.read(json.objectAt("network")),
        new RunConfig.Basis(
            choice(TransformKind.class, basis, "transform"),
            choice(BasisStart.class, basis, "start"),
            choice(Objective.Kind.class, basis, "objective"),
            choice(Objective.Times.class, basis, "times"),
            basis.doubleAt("regularizerWeight"),
            choice(Projection.Kind.class, basis, "projection"),
            basis.doubleAt("delta"),
            basis.doubleAt("rateScale"),
            readings(basis),
            basis.has("lostShare") ? basis.doubleAt("lostShare") : 0),
        new RunConfig.Training(
            training.longAt("steps"),
            training.intAt("batch"),
            training.intAt("accumulation"),
            training.doubleAt("learningRate"),
            training.doubleAt("floor"),
            training.longAt("warmup"),
            choice(RunConfig.Schedule.class, training, "schedule"),
            training.doubleAt("weightDecay"),
            training.doubleAt("beta1"),
            training.doubleAt("beta2"),
            training.doubleAt("maxNorm"),
            training.doubleAt("averageDecay"),
            training.doubleAt("labelDropout"),
            choice(RunConfig.Precision.class, training, "precision")),
        new SamplerSettings(
            choice(SamplerSettings.Method.class, sampling, "method"),
            sampling.intAt("steps"),
            sampling.doubleAt("guidanceScale"),
            sampling.has("firstGuidance") ? sampling.doubleAt("firstGuidance") : 1),
        json.longAt("seed"));
  }

  /** A section, whose keys are the names of a record's components. */
  private static JsonObject section(JsonObject json, String name, Class<? extends Record> type) {
    JsonObject section = json.objectAt(name);
    section.requireOnly(
        Arrays.stream(type.getRecordComponents())
            .map(RecordComponent::getName)
            .collect(Collectors.toSet()));
    return section;
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private static <E extends Enum<E>> E choice(Class<E> type, JsonObject json, String key) {
    String text = json.stringAt(key);
    for (E value : type.getEnumConstants()) {
      if (lower(value).equals(text)) {
        return value;
      }
    }
    throw new IllegalArgumentException(
        key + " is \"" + text + "\" but must be one of " + names(type));
  }

  private static <E extends Enum<E>> List<String> names(Class<E> type) {
    List<String> names = new ArrayList<>();
    for (E value : type.getEnumConstants()) {
      names.add(lower(value));
    }
    return names;
  }

  private static List<String> strings(JsonArray array) {
    List<String> strings = new ArrayList<>();
    for (JsonValue value : array.elements()) {
      if (!(value instanceof JsonString string)) {
        throw new IllegalArgumentException("classNames must hold strings");
      }
      strings.add(string.value());
    }
    return strings;
  }
}

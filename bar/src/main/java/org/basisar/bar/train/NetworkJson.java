package org.basisar.bar.train;

import java.util.Set;
import org.basisar.bar.mar.MarConfig;
import org.basisar.bar.mar.MarSettings;
import org.basisar.bar.model.NetworkConfig;
import org.basisar.bar.xar.XarConfig;
import org.basisar.nn.io.JsonValue.JsonObject;

/** A network's configuration as the section {@code network} of {@code config.json}. */
final class NetworkJson {
  private static final Set<String> XAR =
      Set.of(
          "model",
          "gridSide",
          "cellsPerSide",
          "tokenDimension",
          "width",
          "heads",
          "layers",
          "mlpWidth",
          "classes",
          "dropout");
  private static final Set<String> MAR =
      Set.of(
          "model",
          "tokens",
          "tokenDimension",
          "width",
          "heads",
          "layers",
          "headWidth",
          "headLayers",
          "buffer",
          "classes",
          "dropout",
          "leastMaskRatio",
          "diffusionBatchMultiplier",
          "iterations",
          "temperature",
          "clip",
          "inOrder");

  private NetworkJson() {}

  static JsonObject write(NetworkConfig network) {
    return switch (network) {
      case XarConfig xar ->
          JsonObject.builder()
              .put("model", "xar")
              .put("gridSide", xar.gridSide())
              .put("cellsPerSide", xar.cellsPerSide())
              .put("tokenDimension", xar.tokenDimension())
              .put("width", xar.width())
              .put("heads", xar.heads())
              .put("layers", xar.layers())
              .put("mlpWidth", xar.mlpWidth())
              .put("classes", xar.classes())
              .put("dropout", xar.dropout())
              .build();
      case MarSettings mar ->
          JsonObject.builder()
              .put("model", "mar")
              .put("tokens", mar.size().tokens())
              .put("tokenDimension", mar.tokenDimension())
              .put("width", mar.width())
              .put("heads", mar.heads())
              .put("layers", mar.layers())
              .put("headWidth", mar.size().headWidth())
              .put("headLayers", mar.size().headLayers())
              .put("buffer", mar.size().buffer())
              .put("classes", mar.classes())
              .put("dropout", mar.size().dropout())
              .put("leastMaskRatio", mar.leastMaskRatio())
              .put("diffusionBatchMultiplier", mar.diffusionBatchMultiplier())
              .put("iterations", mar.iterations())
              .put("temperature", mar.temperature())
              .put("clip", mar.clip())
              .put("inOrder", mar.inOrder())
              .build();
      default ->
          throw new IllegalArgumentException(
              network.getClass().getSimpleName() + " has no form in config.json");
    };
  }

  static NetworkConfig read(JsonObject json) {
    // Runs made before there was a choice are of xAR and do not say so.
    String model = json.has("model") ? json.stringAt("model") : "xar";
    return switch (model) {
      case "xar" -> {
        json.requireOnly(XAR);
        yield new XarConfig(
            json.intAt("gridSide"),
            json.intAt("cellsPerSide"),
            json.intAt("tokenDimension"),
            json.intAt("width"),
            json.intAt("heads"),
            json.intAt("layers"),
            json.intAt("mlpWidth"),
            json.intAt("classes"),
            json.doubleAt("dropout"));
      }
      case "mar" -> {
        json.requireOnly(MAR);
        yield new MarSettings(
            new MarConfig(
                json.intAt("tokens"),
                json.intAt("tokenDimension"),
                json.intAt("width"),
                json.intAt("heads"),
                json.intAt("layers"),
                json.intAt("headWidth"),
                json.intAt("headLayers"),
                json.intAt("buffer"),
                json.intAt("classes"),
                json.doubleAt("dropout")),
            json.doubleAt("leastMaskRatio"),
            json.intAt("diffusionBatchMultiplier"),
            json.intAt("iterations"),
            json.doubleAt("temperature"),
            json.doubleAt("clip"),
            json.booleanAt("inOrder"));
      }
      default ->
          throw new IllegalArgumentException(
              "model is \"" + model + "\" but must be \"xar\" or \"mar\"");
    };
  }
}

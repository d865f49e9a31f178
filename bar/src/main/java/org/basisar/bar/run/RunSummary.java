package org.basisar.bar.run;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.basisar.bar.train.RunConfig;

/** A configuration as words for a report. */
final class RunSummary {
  private RunSummary() {}

  static Map<String, String> of(RunConfig config) {
    Map<String, String> facts = new LinkedHashMap<>();
    RunConfig.Image image = config.image();
    RunConfig.Training training = config.training();
    RunConfig.Basis basis = config.basis();
    facts.put("seed", Long.toString(config.seed()));
    facts.put("data", config.data().source());
    facts.put("classes", String.join(", ", config.data().classNames()));
    facts.put("image", image.side() + " × " + image.side() + " × " + image.channels() + " pixels");
    facts.put(
        "tokens",
        config.network().order().tokens()
            + " of dimension "
            + config.network().tokenDimension()
            + " in "
            + config.network().order().cells()
            + " cells");
    facts.put(
        "network",
        "width "
            + config.network().width()
            + ", "
            + config.network().heads()
            + " heads, "
            + config.network().layers()
            + " + "
            + config.network().layers()
            + " blocks");
    facts.put("transform", lower(basis.transform()));
    facts.put("start", lower(basis.start()));
    facts.put("objective", lower(basis.objective()));
    facts.put("projection", lower(basis.projection()) + ", δ = " + basis.delta());
    facts.put("steps", Long.toString(training.steps()));
    facts.put("batch", training.batch() + " × " + training.accumulation());
    facts.put(
        "learning rate",
        String.format(Locale.ROOT, "%g, %s", training.learningRate(), lower(training.schedule())));
    facts.put("precision of products", lower(training.precision()));
    facts.put("average decay", Double.toString(training.averageDecay()));
    facts.put(
        "sampler",
        lower(config.sampling().method())
            + ", "
            + config.sampling().steps()
            + " steps, guidance "
            + config.sampling().guidanceScale());
    return facts;
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}

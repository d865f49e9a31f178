package org.basisar.bar.run;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.basisar.bar.basis.Readings;
import org.basisar.bar.mar.MarSettings;
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
    String numbers = image.side() + " × " + image.side() + " × " + image.channels();
    facts.put(
        "image",
        image.latents().present()
            ? numbers + " latents of pictures of " + image.latents().side() + " pixels"
            : numbers + " pixels");
    facts.put(
        "tokens",
        config.tokens().order().tokens()
            + " of dimension "
            + config.network().tokenDimension()
            + " in "
            + config.tokens().order().cells()
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
    if (config.network() instanceof MarSettings mar) {
      facts.put(
          "diffusion head",
          "width "
              + mar.size().headWidth()
              + ", "
              + mar.size().headLayers()
              + " blocks, "
              + mar.diffusionBatchMultiplier()
              + " draws per token");
      facts.put("mask ratio", "at least " + mar.leastMaskRatio());
    }
    if (basis.learned()) {
      facts.put("transform", "learned");
      facts.put("start", lower(basis.start()));
    } else {
      facts.put("transform", KnownTransforms.describe(config));
    }
    facts.put("objective", lower(basis.objective()));
    facts.put("projection", lower(basis.projection()) + ", δ = " + basis.delta());
    readings(basis.readings(), facts);
    facts.put("steps", Long.toString(training.steps()));
    facts.put("batch", training.batch() + " × " + training.accumulation());
    facts.put(
        "learning rate",
        String.format(Locale.ROOT, "%g, %s", training.learningRate(), lower(training.schedule())));
    facts.put("precision of products", lower(training.precision()));
    facts.put("average decay", Double.toString(training.averageDecay()));
    facts.put(
        "sampler",
        sampler(config)
            + ", "
            + config.sampling().steps()
            + " steps, guidance "
            + guidance(config));
    return facts;
  }

  /** What is not as recommended, in the words of the command line. */
  private static void readings(Readings readings, Map<String, String> facts) {
    Readings usual = Readings.recommended();
    if (readings.lossReduction() != usual.lossReduction()) {
      facts.put("loss reduction", lower(readings.lossReduction()));
    }
    if (readings.regularizerReduction() != usual.regularizerReduction()) {
      facts.put("regulariser's reduction", lower(readings.regularizerReduction()));
    }
    if (readings.tokenGradient() != usual.tokenGradient()) {
      facts.put("gradient through the tokens", lower(readings.tokenGradient()));
    }
    if (readings.projectionEvery() != usual.projectionEvery()) {
      facts.put("projected", "every " + readings.projectionEvery() + " steps");
    }
    if (readings.weightDecay() != usual.weightDecay()) {
      facts.put("weight decay of the basis", Double.toString(readings.weightDecay()));
    }
    if (readings.norm() != usual.norm()) {
      facts.put("gradient norm of the basis", lower(readings.norm()));
    }
    if (readings.sampled() != usual.sampled()) {
      facts.put("basis that is sampled", lower(readings.sampled()));
    }
    if (readings.decoding() != usual.decoding()) {
      facts.put("decoding", lower(readings.decoding()));
    }
  }

  private static String guidance(RunConfig config) {
    double last = config.sampling().guidanceScale();
    double first = config.sampling().firstGuidance();
    return config.network() instanceof MarSettings || first == last
        ? Double.toString(last)
        : first + " in the first cell to " + last + " in the last";
  }

  private static String sampler(RunConfig config) {
    return config.network() instanceof MarSettings mar
        ? "masked, "
            + mar.iterations()
            + " iterations, temperature "
            + mar.temperature()
            + ", clipped at "
            + mar.clip()
        : lower(config.sampling().method());
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}

package org.basisar.bar.mar;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.basisar.tensor.DType;
import org.basisar.tensor.Random;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;

/**
 * Generates token sequences with a MAR network: in each iteration some of the masked tokens, chosen
 * by each image's order from its end, are drawn by the diffusion network from their conditions. The
 * state is on the host in fp64, as with the xAR sampler.
 */
public final class MarSampler {
  /**
   * How to sample.
   *
   * @param iterations at most one less than the tokens reveal at least one token each
   * @param diffusionSteps respaced steps per token
   * @param guidanceScale 1 for none
   * @param linear whether guidance grows with the share of tokens revealed, or is constant
   * @param temperature factor on the noise of each diffusion step
   */
  public record Settings(
      int iterations,
      int diffusionSteps,
      double guidanceScale,
      boolean linear,
      double temperature) {
    /** Checks ranges. */
    public Settings {
      if (iterations < 1) {
        throw new IllegalArgumentException("iterations must be at least 1, are " + iterations);
      }
      if (diffusionSteps < 2 || diffusionSteps > DiffusionSchedule.STEPS) {
        throw new IllegalArgumentException(
            "diffusion steps must be 2 to " + DiffusionSchedule.STEPS + ", are " + diffusionSteps);
      }
      if (!(guidanceScale >= 1 && guidanceScale < 1000)) {
        throw new IllegalArgumentException(
            "the guidance scale must be at least 1, is " + guidanceScale);
      }
      if (!(temperature >= 0 && temperature < 1000)) {
        throw new IllegalArgumentException(
            "the temperature must not be negative, is " + temperature);
      }
    }

    /** The public code's: 64 iterations, 100 diffusion steps, linear guidance. */
    public static Settings published(double guidanceScale) {
      return new Settings(64, 100, guidanceScale, true, 1);
    }

    /**
     * Tokens still masked after an iteration: a quarter of a cosine, at least one and at least one
     * less than before.
     *
     * @param masked before the iteration
     */
    int kept(int tokens, int iteration, int masked) {
      double share = Math.cos(Math.PI / 2 * (iteration + 1) / iterations);
      return Math.max(1, Math.min(masked - 1, (int) Math.floor(tokens * share)));
    }

    double guidance(int tokens, int kept) {
      return linear ? 1 + (guidanceScale - 1) * (tokens - kept) / tokens : guidanceScale;
    }
  }

  /** Normal numbers of a run. */
  public interface Noise {
    /** Where the diffusion of an iteration begins, {@code count} numbers. */
    double[] initial(int iteration, int count);

    /** What is added in one respaced step, {@code count} numbers. */
    double[] step(int iteration, int step, int count);

    /**
     * Numbers by image: the same image index and seed give the same sequence in whatever batch it
     * is made.
     *
     * @param firstImage index of the batch's first image
     * @param images in the batch, all of which draw equally many numbers at once
     * @param steps respaced steps
     */
    static Noise ofImages(long seed, long firstImage, int images, int steps) {
      return new Noise() {
        @Override
        public double[] initial(int iteration, int count) {
          return draw(iteration * (steps + 1), count);
        }

        @Override
        public double[] step(int iteration, int step, int count) {
          return draw(iteration * (steps + 1) + step + 1, count);
        }

        private double[] draw(int call, int count) {
          double[] numbers = new double[count];
          int each = count / images;
          try (Random random = new Random(seed)) {
            for (int image = 0; image < images; image++) {
              random.seek(firstImage + image);
              random.call(call);
              try (Scope _ = Scope.open()) {
                random.normal(DType.F64, each).copyTo(numbers, image * each);
              }
            }
          }
          return numbers;
        }
      };
    }
  }

  /** Is told of every iteration done. */
  @FunctionalInterface
  public interface Progress {
    /** One more is done. */
    void iteration();
  }

  private final MarModel model;
  private final Settings settings;
  private final DiffusionSchedule schedule;
  private final double[] limits; // [N]

  /** A sampler of a network, which should not be training; predicted tokens are not limited. */
  public MarSampler(MarModel model, Settings settings) {
    this(model, settings, new double[model.config().tokens()]);
    Arrays.fill(limits, Double.POSITIVE_INFINITY);
  }

  /**
   * A sampler that knows how large tokens can be.
   *
   * @param limits the greatest absolute value of a clean token at each position, [N]
   */
  public MarSampler(MarModel model, Settings settings, double[] limits) {
    if (limits.length != model.config().tokens()) {
      throw new IllegalArgumentException(
          limits.length + " limits do not fit " + model.config().tokens() + " tokens");
    }
    this.model = model;
    this.settings = settings;
    this.limits = limits.clone();
    schedule = DiffusionSchedule.cosine().respaced(settings.diffusionSteps());
  }

  /**
   * Generates one sequence per label.
   *
   * @param orders a permutation of the tokens per image; tokens are revealed from its end
   * @return [B, N, C]
   */
  public double[] sample(int[] labels, int[][] orders, Noise noise, Progress progress) {
    MarConfig config = model.config();
    int tokens = config.tokens();
    int size = config.tokenDimension();
    double[] state = new double[labels.length * tokens * size];
    int masked = tokens;
    for (int iteration = 0; iteration < settings.iterations() && masked > 0; iteration++) {
      boolean last = iteration == settings.iterations() - 1;
      int kept = settings.kept(tokens, iteration, masked);
      TokenMask before = TokenMask.ofFirst(config, orders, masked);
      int after = last ? 0 : kept;
      int[] chosen = chosen(before, TokenMask.ofFirst(config, orders, after), tokens);
      if (chosen.length == 0) {
        // More iterations than tokens: nothing is left to reveal before the last one.
        progress.iteration();
        continue;
      }
      double guidance = settings.guidance(tokens, kept);
      double[] conditions = conditions(state, labels, before, chosen, guidance != 1);
      double[] drawn = diffuse(conditions, chosen, guidance, iteration, noise);
      for (int i = 0; i < chosen.length; i++) {
        System.arraycopy(drawn, i * size, state, chosen[i] * size, size);
      }
      masked = after;
      progress.iteration();
    }
    return state;
  }

  /** Rows of [B·N] that one mask hides and the other does not, in order. */
  private static int[] chosen(TokenMask before, TokenMask after, int tokens) {
    List<Integer> rows = new ArrayList<>();
    for (int image = 0; image < before.images(); image++) {
      for (int token = 0; token < tokens; token++) {
        if (before.masked(image, token) && !after.masked(image, token)) {
          rows.add(image * tokens + token);
        }
      }
    }
    return rows.stream().mapToInt(Integer::intValue).toArray();
  }

  /** Conditions of the chosen tokens, [n, D], and behind them those without a class if guided. */
  private double[] conditions(
      double[] state, int[] labels, TokenMask mask, int[] chosen, boolean guided) {
    MarConfig config = model.config();
    int images = labels.length;
    int width = config.width();
    double[] result = new double[(guided ? 2 : 1) * chosen.length * width];
    try (Scope _ = Scope.open()) {
      Tensor tokens =
          Tensor.of(model.dtype(), state, images, config.tokens(), config.tokenDimension());
      Tensor kept = Tensor.of(mask.keptRows(), images * mask.keptSlots());
      Tensor restored = Tensor.of(mask.restoredRows(), images * config.slots());
      for (int half = 0; half < (guided ? 2 : 1); half++) {
        int[] wanted = labels.clone();
        if (half == 1) {
          Arrays.fill(wanted, model.nullLabel());
        }
        double[] all =
            model.conditions(tokens, Tensor.of(wanted, images), kept, restored).toDoubles();
        for (int i = 0; i < chosen.length; i++) {
          System.arraycopy(
              all, chosen[i] * width, result, (half * chosen.length + i) * width, width);
        }
      }
    }
    return result;
  }

  /** Draws tokens [n, C] from their conditions. */
  private double[] diffuse(
      double[] conditions, int[] chosen, double guidance, int iteration, Noise noise) {
    int count = chosen.length;
    int size = model.config().tokenDimension();
    int width = model.config().width();
    boolean guided = guidance != 1;
    int rows = guided ? 2 * count : count;
    double[] x = noise.initial(iteration, count * size);
    double[] doubled = new double[rows * size];
    double[] time = new double[rows];
    try (Scope _ = Scope.open()) {
      Tensor condition = Tensor.of(model.dtype(), conditions, rows, width);
      for (int k = schedule.steps() - 1; k >= 0; k--) {
        System.arraycopy(x, 0, doubled, 0, x.length);
        if (guided) {
          System.arraycopy(x, 0, doubled, x.length, x.length);
        }
        Arrays.fill(time, schedule.original(k));
        double[] output;
        try (Scope _ = Scope.open()) {
          output =
              model
                  .head()
                  .forward(
                      Tensor.of(model.dtype(), doubled, rows, size),
                      Tensor.of(model.dtype(), time, rows),
                      condition)
                  .toDoubles();
        }
        double[] fresh = k == 0 ? new double[0] : noise.step(iteration, k, count * size);
        step(x, output, k, chosen, guidance, fresh);
      }
    }
    return x;
  }

  private void step(
      double[] x, double[] output, int k, int[] chosen, double guidance, double[] fresh) {
    int count = chosen.length;
    int size = model.config().tokenDimension();
    double root = 1 / Math.sqrt(schedule.signal(k));
    double noisePart = Math.sqrt(1 / schedule.signal(k) - 1);
    double logBeta = Math.log(schedule.beta(k));
    double logPosterior = schedule.posteriorLogVariance(k);
    for (int row = 0; row < count; row++) {
      double limit = limits[chosen[row] % limits.length];
      for (int c = 0; c < size; c++) {
        int at = row * size + c;
        double conditional = output[row * 2 * size + c];
        double predicted = conditional;
        if (guidance != 1) {
          double unconditional = output[(count + row) * 2 * size + c];
          predicted = unconditional + guidance * (conditional - unconditional);
        }
        double clean = Math.clamp(root * x[at] - noisePart * predicted, -limit, limit);
        double mean = schedule.cleanWeight(k) * clean + schedule.noisyWeight(k) * x[at];
        if (k > 0) {
          double share = (output[row * 2 * size + size + c] + 1) / 2;
          double logVariance = share * logBeta + (1 - share) * logPosterior;
          mean += Math.exp(0.5 * logVariance) * fresh[at] * settings.temperature();
        }
        x[at] = mean;
      }
    }
  }
}

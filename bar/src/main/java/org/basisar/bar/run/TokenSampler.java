package org.basisar.bar.run;

import java.util.SplittableRandom;
import org.basisar.bar.basis.LearnedBasis;
import org.basisar.bar.discrete.Codebook;
import org.basisar.bar.discrete.DiscreteConfig;
import org.basisar.bar.discrete.DiscreteModel;
import org.basisar.bar.discrete.DiscreteSampler;
import org.basisar.bar.mar.MarModel;
import org.basisar.bar.mar.MarSampler;
import org.basisar.bar.mar.MarSettings;
import org.basisar.bar.train.RunConfig;
import org.basisar.bar.train.TrainedModel;
import org.basisar.bar.xar.SamplerNoise;
import org.basisar.bar.xar.SamplerSettings;
import org.basisar.bar.xar.XarModel;
import org.basisar.bar.xar.XarSampler;
import org.basisar.nn.Module;
import org.jspecify.annotations.Nullable;

/** Generates batches of token sequences with one kind of network. */
sealed interface TokenSampler extends AutoCloseable {
  /**
   * Generates one batch; every image depends on the seed and its own index alone.
   *
   * @param labels one per image of the batch
   * @param first index of the batch's first image
   * @return [B, N', C] in sequence order
   */
  double[] sample(int[] labels, long seed, long first, XarSampler.Progress progress);

  @Override
  void close();

  /** A sampler for the network of a model. */
  static TokenSampler of(
      RunConfig config, TrainedModel model, SamplerSettings settings, int batch) {
    Module network = model.network();
    if (network instanceof XarModel xar) {
      return new OfXar(new XarSampler(xar, settings, batch), settings, batch);
    }
    if (network instanceof MarModel mar && config.network() instanceof MarSettings own) {
      return new OfMar(own, mar, model.basis(), settings);
    }
    throw new IllegalArgumentException(
        "there is no sampler for " + network.getClass().getSimpleName());
  }

  /**
   * A sampler of codes.
   *
   * @param places grid place of each position
   */
  static TokenSampler of(DiscreteConfig config, DiscreteModel model, int[] places, int batch) {
    DiscreteSampler codes = new DiscreteSampler(model.network(), config.sampling(), places, batch);
    return new OfCodes(codes, model.codebook(), places);
  }

  /** How often progress is told for one batch. */
  static long progressPerBatch(RunConfig config, SamplerSettings settings) {
    return config.network() instanceof MarSettings mar
        ? mar.iterations()
        : (long) config.layout().cells().count() * settings.steps();
  }

  /** Cell by cell. */
  record OfXar(XarSampler sampler, SamplerSettings settings, int batch) implements TokenSampler {
    @Override
    public double[] sample(int[] labels, long seed, long first, XarSampler.Progress progress) {
      return sampler.sample(
          labels, SamplerNoise.ofImages(seed, first, batch, settings.steps()), progress);
    }

    @Override
    public void close() {
      sampler.close();
    }
  }

  /** Group by group; a code's coefficients are its vector. */
  final class OfCodes implements TokenSampler {
    private final DiscreteSampler sampler;
    private final Codebook codebook;
    private final int[] places;

    OfCodes(DiscreteSampler sampler, Codebook codebook, int[] places) {
      this.sampler = sampler;
      this.codebook = codebook;
      this.places = places;
    }

    @Override
    public double[] sample(int[] labels, long seed, long first, XarSampler.Progress progress) {
      int[] raster = sampler.sample(labels, seed, first, progress::evaluated);
      int[] sequence = new int[raster.length];
      for (int i = 0; i < sequence.length; i++) {
        int position = i % places.length;
        sequence[i] = raster[i - position + places[position]];
      }
      return codebook.decode(sequence);
    }

    @Override
    public void close() {
      sampler.close();
    }
  }

  /** Iteration by iteration; of the settings it takes steps and guidance. */
  record OfMar(
      MarSettings own, MarModel network, @Nullable LearnedBasis basis, SamplerSettings settings)
      implements TokenSampler {
    private static final long ORDER = 0x6f72646572L;

    @Override
    public double[] sample(int[] labels, long seed, long first, XarSampler.Progress progress) {
      int[][] orders = new int[labels.length][];
      for (int i = 0; i < orders.length; i++) {
        SplittableRandom mixed = new SplittableRandom(seed ^ ORDER);
        SplittableRandom random = new SplittableRandom(mixed.nextLong() + first + i);
        orders[i] = own.drawOrder(random);
      }
      MarSampler sampler =
          new MarSampler(
              network,
              own.sampler(settings.steps(), settings.guidanceScale()),
              own.limits(
                  basis == null
                      ? LearnedBasis.identity(network.config().tokens())
                      : basis.values()));
      return sampler.sample(
          labels,
          orders,
          MarSampler.Noise.ofImages(seed, first, labels.length, settings.steps()),
          progress::evaluated);
    }

    @Override
    public void close() {}
  }
}

package org.basisar.bar.basis;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Offset;
import org.basisar.bar.xar.ReferenceNumbers;
import org.basisar.bar.xar.XarModel;
import org.basisar.nn.Setup;
import org.basisar.tensor.DType;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Random;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Propositions 1 and 2 of the paper: with orthogonal A the BAR objective on y = A·x is the
 * reference model's objective on x, when the network on x is the network on y seen through A.
 */
class PropositionsTest {
  private static final int TOKENS = 256;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void flowObjectiveInTheBasisIsTheFlowObjectiveOnTokens(long seed) {
    try (Scope _ = Scope.open();
        Random random = new Random(seed);
        XarModel model =
            new XarModel(
                new Setup(DType.F64, new Random(seed), new Random(2)), ReferenceNumbers.tiny());
        LearnedBasis basis =
            new LearnedBasis(
                new Setup(DType.F64, new Random(1), new Random(2)),
                TOKENS,
                BasisStart.orthogonal(TOKENS, seed))) {
      Tensor a = basis.matrix().tensor();
      Tensor x = random.normal(DType.F64, 1, TOKENS, 16);
      Tensor noiseOnTokens = random.normal(DType.F64, 1, TOKENS, 16);
      // One time for the whole image: only then is A·x_t the interpolant of A·x.
      Tensor time =
          Ops.contiguous(
              Ops.expand(random.uniform(DType.F64, 1, 1), Tensor.zeros(DType.F64, 1, 4).shape()));
      Tensor labels = Tensor.of(new int[] {5}, 1);
      Objective objective =
          new Objective(Objective.Kind.PLAIN, Objective.Times.UNIFORM_PER_IMAGE, 0);

      double inBasis =
          objective
              .loss(
                  (noisy, index) -> model.forward(noisy, index, labels),
                  basis,
                  x,
                  Ops.basisTransform(a, noiseOnTokens, false),
                  time)
              .objective()
              .item();
      double onTokens =
          objective
              .loss(
                  (noisy, index) ->
                      Ops.basisTransform(
                          a,
                          model.forward(Ops.basisTransform(a, noisy, false), index, labels),
                          true),
                  null,
                  x,
                  noiseOnTokens,
                  time)
              .objective()
              .item();
      assertThat(inBasis).isCloseTo(onTokens, Offset.offset(1e-10 * onTokens));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 33})
  void noiseRegressionInTheBasisIsNoiseRegressionOnTokens(int tokens) {
    // The MAR form at the level of the loss: ‖ε − ε̂‖² keeps its value when both turn by A.
    try (Scope _ = Scope.open();
        Random random = new Random(tokens)) {
      Tensor a = Tensor.of(BasisStart.orthogonal(tokens, 8), tokens, tokens);
      Tensor noise = random.normal(DType.F64, 3, tokens, 4);
      Tensor guess = random.normal(DType.F64, 3, tokens, 4);
      double onTokens = Ops.mean(Ops.square(Ops.sub(noise, guess))).item();
      double inBasis =
          Ops.mean(
                  Ops.square(
                      Ops.sub(
                          Ops.basisTransform(a, noise, false),
                          Ops.basisTransform(a, guess, false))))
              .item();
      assertThat(inBasis).isCloseTo(onTokens, Offset.offset(1e-12 * onTokens));
    }
  }
}

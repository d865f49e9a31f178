package org.basisar.bar.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.basisar.nn.AdamW;
import org.basisar.nn.Initializer;
import org.basisar.nn.Module;
import org.basisar.nn.Parameter;
import org.basisar.nn.ParameterGroup;
import org.basisar.nn.Setup;
import org.basisar.tensor.DType;
import org.basisar.tensor.Device;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Random;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StepProgramsTest {
  /** Two weights w, pulled towards the target x of each micro-batch by Σ (w − x)². */
  private static final class Springs extends Module implements StepPrograms.Body {
    final Parameter weights;
    final Tensor target = Scope.outside(() -> Tensor.of(new double[2], 2));
    final List<String> calls = new ArrayList<>();

    Springs(Setup setup) {
      weights = parameter(setup, "weights", Shape.of(2), Initializer.normal(1));
      onClose(target::close);
    }

    static double[] target(long number) {
      return new double[] {0.5 * number, 3 - number};
    }

    @Override
    public int load(long number) {
      calls.add("load " + number);
      target.copyFrom(target(number), 0);
      return (int) (number % 2);
    }

    @Override
    public StepPrograms.Loss loss() {
      Tensor away = Ops.sub(weights.tensor(), target);
      Tensor loss = Ops.sum(Ops.mul(away, away));
      return new StepPrograms.Loss(loss, List.of(loss, Ops.sum(away)));
    }

    @Override
    public void ahead(long next) {
      calls.add("ahead " + next);
    }

    @Override
    public List<Tensor> measured() {
      return List.of(Ops.sum(weights.tensor()));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void aStepIsTheMeanOfItsMicroBatches(int accumulation) {
    long before = Device.CPU.outstandingBytes();
    try (Random random = new Random(1);
        Springs springs = new Springs(new Setup(DType.F64, random, random));
        AdamW optimizer =
            new AdamW(
                new AdamW.Settings(0.9, 0.96, 1e-8, Double.POSITIVE_INFINITY, 0.9),
                ParameterGroup.byShape(springs.parameters(), 0));
        StepPrograms programs = new StepPrograms(optimizer, accumulation, springs)) {
      List<String> expectedCalls = new ArrayList<>();
      for (int step = 0; step < 5; step++) {
        double[] weights = springs.weights.tensor().toDoubles();
        double loss = 0;
        double sum = 0;
        double[] gradient = new double[2];
        for (int part = 0; part < accumulation; part++) {
          long number = (long) step * accumulation + part;
          for (int i = 0; i < 2; i++) {
            double away = weights[i] - Springs.target(number)[i];
            loss += away * away / accumulation;
            sum += away / accumulation;
            gradient[i] += 2 * away / accumulation;
          }
          expectedCalls.add("load " + number);
          expectedCalls.add("ahead " + (number + 1));
        }
        optimizer.prepare(step, 0.1);
        StepPrograms.Figures figures = programs.advance(step);
        assertThat(figures.loss(0)).isCloseTo(loss, within(1e-12));
        assertThat(figures.loss(1)).isCloseTo(sum, within(1e-12));
        assertThat(figures.gradientNorm())
            .isCloseTo(Math.hypot(gradient[0], gradient[1]), within(1e-12));
        double[] moved = springs.weights.tensor().toDoubles();
        assertThat(moved).isNotEqualTo(weights);
        assertThat(figures.measured(0)).isCloseTo(moved[0] + moved[1], within(1e-12));
      }
      assertThat(springs.calls).isEqualTo(expectedCalls);
    }
    assertThat(Device.CPU.outstandingBytes()).isEqualTo(before);
  }
}

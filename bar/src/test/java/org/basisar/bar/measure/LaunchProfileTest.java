package org.basisar.bar.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.basisar.tensor.DType;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Program;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** How the times of launches are put together. */
final class LaunchProfileTest {
  @Test
  void launchesOfOneOperationAndShapeAreOneLineOfMedians() {
    try (Scope _ = Scope.open()) {
      Tensor x = Tensor.zeros(DType.F32, 3, 5);
      Tensor y = Tensor.zeros(DType.F32, 2);
      try (Program program =
          Program.capture(() -> {
            try (Scope _ = Scope.open()) {
              Ops.neg(x);
              Ops.neg(y);
              Ops.neg(x);
            }
          })) {
        LaunchProfile profile = new LaunchProfile(program.entries());
        assertThat(profile.lines()).isEmpty();
        profile.add(new double[] {1, 5, 10});
        profile.add(new double[] {3, 7, 30});
        profile.add(new double[] {2, 900, 20});
        assertThat(profile.replays()).isEqualTo(3);
        assertThat(profile.lines())
            .extracting(LaunchProfile.Line::shapes)
            .containsExactly("[3, 5] → [3, 5]", "[2] → [2]");
        LaunchProfile.Line first = profile.lines().getFirst();
        assertThat(first.operation()).isEqualTo("neg");
        assertThat(first.calls()).isEqualTo(2);
        assertThat(first.seconds()).isCloseTo(2 + 20, within(1e-12));
        assertThat(first.bytes()).isEqualTo(2.0 * program.entries().getFirst().cost().bytes());
        assertThat(first.gigabytes()).isCloseTo(first.bytes() / 22e9, within(1e-12));
        assertThat(profile.lines().getLast().seconds()).isCloseTo(7, within(1e-12));
        assertThatIllegalArgumentException()
            .isThrownBy(() -> profile.add(new double[2]))
            .withMessage("the program has 3 launches, not 2");
      }
    }
  }
}

package org.basisar.tensor.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.basisar.gpu.sim.KernelFaultException;
import org.basisar.gpu.sim.SimulatedGpu;
import org.basisar.tensor.DType;
import org.basisar.tensor.Device;
import org.basisar.tensor.check.OpCase;
import org.basisar.tensor.check.OpCases;
import org.basisar.tensor.check.OpComparison;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Puts one kind of mistake into the shipped device code at a time: the table of cases on the
 * simulated device must notice, by a fault or by a result that is off.
 */
final class SeededKernelBugsTest {
  private static final long MOST_INSTRUCTIONS = 1_000_000;

  /** Kinds of mistake, as replacements in the PTX. */
  private enum Mistake {
    NO_BARRIER("bar\\.sync \t0;", ""),
    BOUND_ONE_TOO_FAR("setp\\.ge\\.s(32|64)", "setp.gt.s$1"),
    DIFFERENCE_ADDS("sub\\.f32", "add.f32"),
    SUM_SUBTRACTS("add\\.f32", "sub.f32"),
    PRODUCT_ADDS("mul\\.f32", "add.f32"),
    ADDEND_LOST("fma\\.rn\\.f32 \t([^,]*), ([^,]*), ([^,]*), ([^;]*);", "mul.f32 $1, $2, $3;"),
    GREATEST_IS_LEAST("max\\.f32", "min.f32"),
    LEAST_IS_GREATEST("min\\.f32", "max.f32"),
    SIGN_LOST("neg\\.f32", "abs.f32"),
    ROOT_NOT_INVERTED("rsqrt\\.approx", "sqrt.approx"),
    ROOT_LOST("sqrt\\.rn\\.f32", "abs.f32"),
    EXPONENTIAL_IS_LOGARITHM("ex2\\.approx\\.ftz", "lg2.approx.ftz"),
    QUOTIENT_MULTIPLIES("div\\.rn\\.f32", "mul.f32"),
    CHOICE_SWAPPED("selp\\.f32( \t)([^,]*), ([^,]*), ([^,]*),", "selp.f32 $2, $4, $3,"),
    ROUNDED_TOWARDS_ZERO("cvt\\.rn\\.bf16\\.f32", "cvt.rz.bf16.f32"),
    RANDOM_BITS_MIXED_BADLY("mul\\.hi\\.u32", "mul.lo.u32");

    private final String from;
    private final String to;

    Mistake(String from, String to) {
      this.from = from;
      this.to = to;
    }

    String apply(String ptx) {
      String wrong = ptx.replaceAll(from, to);
      assertThat(wrong).as("the mistake can be made").isNotEqualTo(ptx);
      return wrong;
    }
  }

  /** A mistake in a module, and the operations whose cases run it. */
  record Bug(Mistake mistake, String module, String operations) {
    @Override
    public String toString() {
      return mistake + " in " + module;
    }
  }

  private static Stream<Bug> in(String module, String operations, Mistake... mistakes) {
    return Stream.of(mistakes).map(mistake -> new Bug(mistake, module, operations));
  }

  static Stream<Bug> bugs() {
    return Stream.of(
            in(
                "elementwise/binary",
                "Binary",
                Mistake.BOUND_ONE_TOO_FAR,
                Mistake.DIFFERENCE_ADDS,
                Mistake.GREATEST_IS_LEAST,
                Mistake.LEAST_IS_GREATEST,
                Mistake.QUOTIENT_MULTIPLIES),
            in("elementwise/cast", "Cast", Mistake.ROUNDED_TOWARDS_ZERO),
            in(
                "elementwise/gate",
                "Gate.*",
                Mistake.NO_BARRIER,
                Mistake.SIGN_LOST,
                Mistake.PRODUCT_ADDS,
                Mistake.EXPONENTIAL_IS_LOGARITHM),
            in(
                "generation/random",
                "Normal|Uniform|Dropout",
                Mistake.BOUND_ONE_TOO_FAR,
                Mistake.RANDOM_BITS_MIXED_BADLY),
            in("movement/gather", ".*(Gather|Scatter).*", Mistake.SUM_SUBTRACTS),
            in(
                "normalization/norm",
                "(Rms|Layer)Norm",
                Mistake.ROOT_NOT_INVERTED,
                Mistake.QUOTIENT_MULTIPLIES,
                Mistake.ADDEND_LOST),
            in(
                "normalization/norm_gradient",
                "(Rms|Layer)NormGradient",
                Mistake.NO_BARRIER,
                Mistake.ROUNDED_TOWARDS_ZERO),
            in("normalization/simple_norm", "(Rms|Layer)Norm", Mistake.NO_BARRIER),
            in(
                "normalization/softmax",
                "Softmax.*",
                Mistake.NO_BARRIER,
                Mistake.GREATEST_IS_LEAST,
                Mistake.DIFFERENCE_ADDS),
            in(
                "optimization/adam_w",
                "AdamW",
                Mistake.ROOT_LOST,
                Mistake.LEAST_IS_GREATEST,
                Mistake.QUOTIENT_MULTIPLIES),
            in("optimization/add_into", "AddInto", Mistake.BOUND_ONE_TOO_FAR),
            in("optimization/global_norm", "GlobalNorm", Mistake.NO_BARRIER, Mistake.SUM_SUBTRACTS),
            in(
                "reduction/column_reduce",
                "Reduce",
                Mistake.NO_BARRIER,
                Mistake.QUOTIENT_MULTIPLIES),
            in("reduction/row_reduce", "Reduce", Mistake.NO_BARRIER, Mistake.ROOT_LOST),
            in(
                "reduction/cross_entropy",
                "CrossEntropy.*",
                Mistake.NO_BARRIER,
                Mistake.CHOICE_SWAPPED),
            in("attention/rotary", "Rotary.*", Mistake.DIFFERENCE_ADDS),
            in(
                "attention/flash",
                "Attention",
                Mistake.NO_BARRIER,
                Mistake.EXPONENTIAL_IS_LOGARITHM),
            in("attention/flash_gradient", "AttentionGradient", Mistake.EXPONENTIAL_IS_LOGARITHM),
            in(
                "basis/transform",
                "NoisyTransform",
                Mistake.NO_BARRIER,
                Mistake.BOUND_ONE_TOO_FAR,
                Mistake.DIFFERENCE_ADDS),
            in(
                "basis/orthogonality",
                "Orthogonality",
                Mistake.NO_BARRIER,
                Mistake.BOUND_ONE_TOO_FAR,
                Mistake.ROOT_LOST,
                Mistake.QUOTIENT_MULTIPLIES),
            in(
                "basis/residual_scan",
                "ResidualLoss.*",
                Mistake.NO_BARRIER,
                Mistake.SIGN_LOST,
                Mistake.ADDEND_LOST),
            in(
                "basis/residual",
                "ResidualLoss.*",
                Mistake.NO_BARRIER,
                Mistake.CHOICE_SWAPPED,
                Mistake.QUOTIENT_MULTIPLIES))
        .flatMap(stream -> stream);
  }

  private static List<OpCase> cases(Bug bug) {
    return Stream.concat(OpCases.all().stream(), OpCases.forDevices().stream())
        .filter(opCase -> opCase.op().getClass().getSimpleName().matches(bug.operations))
        .toList();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("bugs")
  void everyBugIsNoticed(Bug bug) {
    try (SimulatedGpu gpu = SimulatedGpu.create().instructionLimit(MOST_INSTRUCTIONS)) {
      gpu.rewrite((name, ptx) -> name.equals(bug.module + ".ptx") ? bug.mistake.apply(ptx) : ptx);
      Device device = Device.on("wrong", gpu);
      boolean noticed = false;
      for (OpCase opCase : cases(bug)) {
        for (DType dtype : List.of(DType.F32, DType.BF16)) {
          noticed = noticed || isNoticed(opCase, dtype, device);
        }
      }
      assertThat(noticed).as("some case of %s noticed", bug.operations).isTrue();
    }
  }

  private static boolean isNoticed(OpCase opCase, DType dtype, Device device) {
    try {
      return !OpComparison.of(opCase, dtype, device).passes();
    } catch (KernelFaultException _) {
      return true;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"elementwise/binary", "reduction/row_reduce", "normalization/softmax"})
  void withoutABugNothingIsNoticed(String module) {
    Bug none = bugs().filter(bug -> bug.module.equals(module)).findFirst().orElseThrow();
    try (SimulatedGpu gpu = SimulatedGpu.create().instructionLimit(MOST_INSTRUCTIONS)) {
      Device device = Device.on("right", gpu);
      for (OpCase opCase : cases(none)) {
        assertThat(isNoticed(opCase, DType.F32, device)).as(opCase.name()).isFalse();
      }
    }
  }
}

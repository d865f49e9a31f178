package org.basisar.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.basisar.tensor.DType;
import org.basisar.tensor.Device;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdamWTest {
  private static final Map<String, Shape> SHAPES = new LinkedHashMap<>();

  static {
    SHAPES.put("matrix", Shape.of(31, 33));
    SHAPES.put("other", Shape.of(1, 1));
    SHAPES.put("bias", Shape.of(113));
    SHAPES.put("basis", Shape.of(3, 3));
  }

  /** A module of bare parameters. */
  private static final class Bare extends Module {
    Bare(Setup setup) {
      SHAPES.forEach((name, shape) -> parameter(setup, name, shape, Initializer.normal(1)));
    }
  }

  private static AdamW optimizer(Module module, AdamW.Settings settings) {
    Map<String, Parameter> all = new LinkedHashMap<>(module.parameters());
    Parameter basis = Samples.parameter(module, "basis");
    all.remove("basis");
    List<ParameterGroup> groups = new ArrayList<>(ParameterGroup.byShape(all, 0.02));
    groups.add(new ParameterGroup("basis", Map.of("basis", basis), 0, 0.25));
    groups.add(new ParameterGroup("nothing", Map.of(), 0, 1));
    return new AdamW(settings, groups);
  }

  private static double decayOf(String name) {
    return name.equals("matrix") || name.equals("other") ? 0.02 : 0;
  }

  private static double rateScaleOf(String name) {
    return name.equals("basis") ? 0.25 : 1;
  }

  /** AdamW once more, element by element, in plain fp64. */
  private static final class Reference {
    final Map<String, double[]> weights = new LinkedHashMap<>();
    final Map<String, double[]> first = new LinkedHashMap<>();
    final Map<String, double[]> second = new LinkedHashMap<>();
    final Map<String, double[]> average = new LinkedHashMap<>();

    Reference(Module module) {
      module
          .parameters()
          .forEach((name, parameter) -> {
            weights.put(name, parameter.tensor().toDoubles());
            first.put(name, new double[parameter.shape().size()]);
            second.put(name, new double[parameter.shape().size()]);
            average.put(name, parameter.tensor().toDoubles());
          });
    }

    double step(int step, double rate, AdamW.Settings s, Map<String, double[]> gradients) {
      double squares = 0;
      for (double[] gradient : gradients.values()) {
        for (double g : gradient) {
          squares += g * g;
        }
      }
      double norm = Math.sqrt(squares);
      double clip = Math.min(1, s.maxNorm() / (norm + 1e-6));
      for (String name : weights.keySet()) {
        double[] w = Samples.required(weights, name);
        double[] m = Samples.required(first, name);
        double[] v = Samples.required(second, name);
        double[] e = Samples.required(average, name);
        double own = rate * rateScaleOf(name);
        for (int i = 0; i < w.length; i++) {
          double g = clip * Samples.required(gradients, name)[i];
          m[i] = s.beta1() * m[i] + (1 - s.beta1()) * g;
          v[i] = s.beta2() * v[i] + (1 - s.beta2()) * g * g;
          double corrected = m[i] / (1 - Math.pow(s.beta1(), step + 1));
          double size = Math.sqrt(v[i] / (1 - Math.pow(s.beta2(), step + 1)));
          w[i] -= own * decayOf(name) * w[i];
          w[i] -= own * corrected / (size + s.epsilon());
          e[i] = s.averageDecay() * e[i] + (1 - s.averageDecay()) * w[i];
        }
      }
      return norm;
    }
  }

  private static Map<String, double[]> gradients(int step) {
    // From far below the greatest norm to far above it.
    double scale = Math.pow(10, step - 4.0);
    Map<String, double[]> gradients = new LinkedHashMap<>();
    SHAPES.forEach((name, shape) ->
        gradients.put(name, Samples.numbers(31L * step + name.hashCode(), shape.size(), scale)));
    return gradients;
  }

  private static double update(AdamW optimizer, Module module, Map<String, double[]> gradients) {
    try (Scope _ = Scope.open()) {
      Map<Parameter, Tensor> tensors = new LinkedHashMap<>();
      module
          .parameters()
          .forEach((name, parameter) ->
              tensors.put(
                  parameter,
                  Tensor.of(
                      parameter.tensor().dtype(),
                      Samples.required(gradients, name),
                      parameter.shape().dims())));
      return optimizer.update(parameter -> Objects.requireNonNull(tensors.get(parameter))).item();
    }
  }

  private static void compare(
      Map<String, double[]> expected, Map<String, Tensor> actual, String suffix, double tolerance) {
    expected.forEach((name, values) ->
        assertThat(Samples.required(actual, name + suffix).toDoubles())
            .as(name + suffix)
            .containsExactly(values, within(tolerance)));
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"F64", "F32"})
  void agreesWithTheFormulaOverManySteps(DType dtype) {
    AdamW.Settings settings = new AdamW.Settings(0.9, 0.96, 1e-8, 1.0, 0.9);
    try (Module module = new Bare(Samples.setup(dtype, 3));
        AdamW optimizer = optimizer(module, settings)) {
      Reference reference = new Reference(module);
      boolean clipped = false;
      boolean whole = false;
      for (int step = 0; step < 8; step++) {
        double rate = 1e-2 * (step + 1);
        optimizer.prepare(step, rate);
        double norm = update(optimizer, module, gradients(step));
        double expected = reference.step(step, rate, settings, gradients(step));
        assertThat(norm)
            .isCloseTo(expected, within(expected * (dtype == DType.F64 ? 1e-13 : 1e-6)));
        clipped |= norm > 1;
        whole |= norm < 1;
      }
      assertThat(clipped && whole).isTrue();
      double tolerance = dtype == DType.F64 ? 1e-12 : 1e-5;
      Map<String, Tensor> weights = new LinkedHashMap<>();
      optimizer.parameters().forEach((name, parameter) -> weights.put(name, parameter.tensor()));
      assertThat(weights.keySet()).containsExactly("bias", "matrix", "other", "basis");
      compare(reference.weights, weights, "", tolerance);
      compare(reference.first, optimizer.moments(), ".first", tolerance);
      compare(reference.second, optimizer.moments(), ".second", tolerance);
      compare(reference.average, optimizer.averages(), "", tolerance);
    }
  }

  @Test
  void anInfiniteGreatestNormClipsNothing() {
    AdamW.Settings settings = new AdamW.Settings(0.9, 0.96, 1e-8, Double.POSITIVE_INFINITY, 0.9999);
    try (Module module = new Bare(Samples.setup(DType.F64, 4));
        AdamW optimizer = optimizer(module, settings)) {
      Reference reference = new Reference(module);
      optimizer.prepare(0, 1e-3);
      update(optimizer, module, gradients(7));
      reference.step(0, 1e-3, settings, gradients(7));
      compare(reference.second, optimizer.moments(), ".second", 1e-6);
      assertThat(Samples.required(reference.second, "bias")[0]).isGreaterThan(1);
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
  void aGradientThatIsNotFiniteChangesNothing(double bad) {
    try (Module module = new Bare(Samples.setup(DType.F32, 5));
        AdamW optimizer = optimizer(module, AdamW.Settings.xar())) {
      optimizer.prepare(0, 1e-2);
      update(optimizer, module, gradients(3));
      Map<String, double[]> before = everything(optimizer);
      Map<String, double[]> gradients = gradients(4);
      Samples.required(gradients, "bias")[112] = bad;
      optimizer.prepare(1, 1e-2);
      assertThat(update(optimizer, module, gradients)).isNotFinite();
      assertThat(everything(optimizer)).usingRecursiveComparison().isEqualTo(before);
    }
  }

  /** Two groups, of which the second is not clipped. */
  private static AdamW apart(Module module) {
    Map<String, Parameter> others = new LinkedHashMap<>(module.parameters());
    Parameter basis = Samples.parameter(module, "basis");
    others.remove("basis");
    return new AdamW(
        new AdamW.Settings(0.9, 0.96, 1e-8, 1, 0.9),
        List.of(
            new ParameterGroup("others", others, 0, 1),
            new ParameterGroup("basis", Map.of("basis", basis), 0, 1, false)));
  }

  @Test
  void aGroupApartIsNotClippedAndDoesNotCount() {
    try (Module module = new Bare(Samples.setup(DType.F64, 6));
        AdamW optimizer = apart(module)) {
      optimizer.prepare(0, 1e-2);
      Map<String, double[]> gradients = gradients(6);
      double norm = update(optimizer, module, gradients);
      double squares = 0;
      double own = 0;
      for (Map.Entry<String, double[]> entry : gradients.entrySet()) {
        for (double g : entry.getValue()) {
          squares += g * g;
          own += entry.getKey().equals("basis") ? g * g : 0;
        }
      }
      assertThat(norm).isCloseTo(Math.sqrt(squares), within(1e-9));
      double clip = 1 / (Math.sqrt(squares - own) + 1e-6);
      assertThat(clip).isLessThan(1);
      double[] basis = Samples.required(optimizer.moments(), "basis.first").toDoubles();
      double[] bias = Samples.required(optimizer.moments(), "bias.first").toDoubles();
      assertThat(basis[1]).isCloseTo(0.1 * Samples.required(gradients, "basis")[1], within(1e-12));
      assertThat(bias[1])
          .isCloseTo(0.1 * clip * Samples.required(gradients, "bias")[1], within(1e-12));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"basis", "bias"})
  void aBadGradientInOneGroupReachesNone(String where) {
    try (Module module = new Bare(Samples.setup(DType.F32, 7));
        AdamW optimizer = apart(module)) {
      optimizer.prepare(0, 1e-2);
      Map<String, double[]> before = everything(optimizer);
      Map<String, double[]> gradients = gradients(4);
      Samples.required(gradients, where)[2] = Double.POSITIVE_INFINITY;
      assertThat(update(optimizer, module, gradients)).isNotFinite();
      assertThat(everything(optimizer)).usingRecursiveComparison().isEqualTo(before);
    }
  }

  @Test
  void someParametersMayStayAsTheyAreTrained() {
    try (Module module = new Bare(Samples.setup(DType.F64, 8));
        AdamW optimizer = apart(module)) {
      optimizer.prepare(0, 1e-2);
      update(optimizer, module, gradients(3));
      double[] trained = Samples.parameter(module, "basis").tensor().toDoubles();
      double[] bias = Samples.parameter(module, "bias").tensor().toDoubles();
      try (AdamW.Averaged _ = optimizer.averaged(path -> !path.equals("basis"))) {
        assertThat(Samples.parameter(module, "basis").tensor().toDoubles())
            .containsExactly(trained);
        assertThat(Samples.parameter(module, "bias").tensor().toDoubles())
            .containsExactly(Samples.required(optimizer.averages(), "bias").toDoubles())
            .isNotEqualTo(bias);
      }
      assertThat(Samples.parameter(module, "bias").tensor().toDoubles()).containsExactly(bias);
    }
  }

  private static Map<String, double[]> everything(AdamW optimizer) {
    Map<String, double[]> values = new LinkedHashMap<>();
    optimizer.parameters().forEach((name, p) -> values.put(name, p.tensor().toDoubles()));
    optimizer.moments().forEach((name, tensor) -> values.put(name, tensor.toDoubles()));
    optimizer.averages().forEach((name, t) -> values.put("average " + name, t.toDoubles()));
    return values;
  }

  @Test
  void theAverageStandsInUntilItIsClosed() {
    try (Module module = new Bare(Samples.setup(DType.F64, 6));
        AdamW optimizer = optimizer(module, new AdamW.Settings(0.9, 0.96, 1e-8, 1, 0.5))) {
      Parameter matrix = Samples.parameter(module, "matrix");
      Tensor trained = matrix.tensor();
      double[] started = trained.toDoubles();
      optimizer.prepare(0, 0.5);
      update(optimizer, module, gradients(3));
      double[] moved = trained.toDoubles();
      assertThat(moved).isNotEqualTo(started);
      try (AdamW.Averaged _ = optimizer.averaged()) {
        double[] seen = matrix.tensor().toDoubles();
        assertThat(seen[7]).isCloseTo((started[7] + moved[7]) / 2, within(1e-14));
      }
      assertThat(matrix.tensor()).isSameAs(trained);
      assertThat(trained.toDoubles()).isEqualTo(moved);
    }
  }

  @Test
  void closingGivesBackAllMemory() {
    Setup setup = Samples.setup(DType.F32, 7);
    try (Module module = new Bare(setup)) {
      long before = Device.CPU.outstandingBytes();
      try (AdamW optimizer = optimizer(module, AdamW.Settings.xar())) {
        assertThat(Device.CPU.outstandingBytes()).isGreaterThan(before);
        optimizer.prepare(0, 1e-3);
        update(optimizer, module, gradients(2));
      }
      assertThat(Device.CPU.outstandingBytes()).isEqualTo(before);
    }
  }
}

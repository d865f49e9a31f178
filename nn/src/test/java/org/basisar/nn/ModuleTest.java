package org.basisar.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.basisar.tensor.DType;
import org.basisar.tensor.Device;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Shape;
import org.junit.jupiter.api.Test;

class ModuleTest {
  @Test
  void pathsFollowTheOrderOfRegistration() {
    try (Module block = new Samples.Block(Samples.setup(DType.F32, 1), 8, 2, 0)) {
      assertThat(block.parameters().keySet())
          .containsExactly(
              "norm1.weight",
              "attn.qkv.weight",
              "attn.qkv.bias",
              "attn.proj.weight",
              "attn.proj.bias",
              "norm2.weight",
              "norm2.bias",
              "mlp.fc1_g.weight",
              "mlp.fc1_g.bias",
              "mlp.fc1_x.weight",
              "mlp.fc1_x.bias",
              "mlp.fc2.weight",
              "mlp.fc2.bias",
              "table.weight");
      assertThat(Samples.parameter(block, "attn.qkv.weight").shape()).isEqualTo(Shape.of(24, 8));
      assertThat(Samples.parameter(block, "attn.qkv.weight").name()).isEqualTo("weight");
      long linear = (8 * 24 + 24) + (8 * 8 + 8) + 2 * (8 * 11 + 11) + (11 * 8 + 8);
      assertThat(block.parameterCount()).isEqualTo(linear + 3 * 8 + 5 * 8);
    }
  }

  @Test
  void aNameCanBeGivenOnce() {
    Setup setup = Samples.setup(DType.F32, 1);
    try (Module module =
        new Module() {
          {
            Shape shape = Shape.of(2);
            parameter(setup, "weight", shape, Initializer.constant(1));
            assertThatThrownBy(() -> parameter(setup, "weight", shape, Initializer.constant(1)))
                .hasMessage("name weight is taken in this module");
            assertThatThrownBy(() -> child("weight", new RmsNorm(setup, 2)))
                .hasMessage("name weight is taken in this module");
          }
        }) {
      assertThat(module.parameters()).containsOnlyKeys("weight");
    }
  }

  @Test
  void memoryComesBackWhenTheModuleCloses() {
    Setup setup = Samples.setup(DType.F64, 1);
    long before = Device.CPU.outstandingBytes();
    Module block = new Samples.Block(setup, 8, 2, 0.1);
    Module time = new TimestepEmbedder(setup, 8);
    KeyValueCache cache = new KeyValueCache(DType.F64, 2, 4, 3, 8);
    RotaryTable positions = new RotaryTable(DType.F64, new int[7], new int[7], 8);
    assertThat(Device.CPU.outstandingBytes()).isGreaterThan(before);
    block.close();
    time.close();
    cache.close();
    positions.close();
    assertThat(Device.CPU.outstandingBytes()).isEqualTo(before);
  }

  @Test
  void parametersOutliveTheScopeTheyAreMadeIn() {
    Setup setup = Samples.setup(DType.F64, 1);
    Module linear;
    try (Scope _ = Scope.open()) {
      linear = new Linear(setup, 31, 33);
    }
    try (linear;
        Linear bare = new Linear(setup, 1, 1, false)) {
      assertThat(Samples.parameter(linear, "weight").tensor().isClosed()).isFalse();
      assertThat(bare.parameters()).containsOnlyKeys("weight");
    }
  }

  @Test
  void trainingReachesEveryChild() {
    try (Samples.Block block = new Samples.Block(Samples.setup(DType.F32, 1), 8, 2, 0.5)) {
      Dropout probe = new Dropout(Samples.setup(DType.F32, 1), 0.5);
      Module parent =
          new Module() {
            {
              child("block", block);
              child("probe", probe);
            }
          };
      assertThat(probe.activeRate()).isZero();
      parent.training(true);
      assertThat(probe.activeRate()).isEqualTo(0.5);
      parent.training(false);
      assertThat(probe.activeRate()).isZero();
    }
  }

  @Test
  void vectorsAndBiasesAreNotDecayed() {
    try (Module block = new Samples.Block(Samples.setup(DType.F32, 1), 8, 2, 0)) {
      List<ParameterGroup> groups = ParameterGroup.byShape(block.parameters(), 0.02);
      assertThat(groups).extracting(ParameterGroup::weightDecay).containsExactly(0.0, 0.02);
      assertThat(groups).extracting(ParameterGroup::rateScale).containsExactly(1.0, 1.0);
      assertThat(groups.getFirst().parameters().keySet())
          .containsExactly(
              "norm1.weight",
              "attn.qkv.bias",
              "attn.proj.bias",
              "norm2.weight",
              "norm2.bias",
              "mlp.fc1_g.bias",
              "mlp.fc1_x.bias",
              "mlp.fc2.bias");
      assertThat(groups.getLast().parameters().keySet())
          .containsExactly(
              "attn.qkv.weight",
              "attn.proj.weight",
              "mlp.fc1_g.weight",
              "mlp.fc1_x.weight",
              "mlp.fc2.weight",
              "table.weight");
    }
  }

  @Test
  void theSeedDecidesEveryInitialValue() {
    try (Module one = new Samples.Block(Samples.setup(DType.F32, 9), 8, 2, 0);
        Module same = new Samples.Block(Samples.setup(DType.F32, 9), 8, 2, 0);
        Module other = new Samples.Block(Samples.setup(DType.F32, 10), 8, 2, 0)) {
      for (String path : one.parameters().keySet()) {
        float[] values = Samples.parameter(one, path).tensor().toFloats();
        assertThat(Samples.parameter(same, path).tensor().toFloats()).isEqualTo(values);
        boolean drawn = !path.endsWith("bias") && !path.startsWith("norm");
        if (drawn) {
          assertThat(Samples.parameter(other, path).tensor().toFloats()).isNotEqualTo(values);
        }
      }
      assertThat(Samples.parameter(one, "attn.qkv.weight").tensor().toFloats()[0])
          .isNotEqualTo(Samples.parameter(one, "mlp.fc2.weight").tensor().toFloats()[0]);
    }
  }
}

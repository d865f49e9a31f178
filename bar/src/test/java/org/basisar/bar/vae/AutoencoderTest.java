package org.basisar.bar.vae;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.basisar.bar.xar.ReferenceNumbers;
import org.basisar.nn.Parameter;
import org.basisar.nn.Setup;
import org.basisar.nn.WeightsException;
import org.basisar.nn.io.pytorch.TorchWriter;
import org.basisar.tensor.DType;
import org.basisar.tensor.Random;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Small autoencoders; the one of full size is in {@link AutoencoderReferenceTest}. */
class AutoencoderTest {
  @TempDir Path folder;

  private static VaeConfig small(boolean attention) {
    return new VaeConfig(4, 8, List.of(1, 2), 1, 4, attention);
  }

  private static Autoencoder make(DType dtype, long seed) {
    return new Autoencoder(new Setup(dtype, new Random(seed), new Random(seed + 1)), small(false));
  }

  private static Tensor image(DType dtype, int... dims) {
    int size = Shape.of(dims).size();
    return Tensor.of(dtype, ReferenceNumbers.data(1000, size, 2), dims);
  }

  @Test
  void singlePrecisionAgreesWithDouble() {
    try (Scope _ = Scope.open();
        Autoencoder exact = make(DType.F64, 1);
        Autoencoder fast = make(DType.F32, 1)) {
      ReferenceNumbers.fill(exact.parameters());
      copy(exact, fast);
      Tensor expected = exact.moments(image(DType.F64, 2, 3, 18, 14));
      Tensor actual = fast.moments(image(DType.F32, 2, 3, 18, 14));
      assertThat(actual.shape()).isEqualTo(Shape.of(2, 8, 9, 7));
      assertThat(actual.toDoubles()).containsExactly(expected.toDoubles(), within(1e-3));
      Tensor picture = exact.decode(image(DType.F64, 2, 4, 5, 3));
      Tensor single = fast.decode(image(DType.F32, 2, 4, 5, 3));
      assertThat(single.shape()).isEqualTo(Shape.of(2, 3, 10, 6));
      assertThat(single.toDoubles()).containsExactly(picture.toDoubles(), within(1e-3));
    }
  }

  private static void copy(Autoencoder from, Autoencoder to) {
    Iterator<Parameter> targets = to.parameters().values().iterator();
    for (Parameter parameter : from.parameters().values()) {
      double[] values = parameter.tensor().toDoubles();
      float[] single = new float[values.length];
      for (int i = 0; i < values.length; i++) {
        single[i] = (float) values[i];
      }
      targets.next().tensor().copyFrom(single, 0);
    }
  }

  @Test
  void aBatchIsItsImagesOneByOne() {
    try (Scope _ = Scope.open();
        Autoencoder network = make(DType.F64, 3)) {
      Tensor both = image(DType.F64, 2, 3, 6, 4);
      double[] together = network.moments(both).toDoubles();
      double[] second = network.moments(both.slice(0, 1, 1)).toDoubles();
      assertThat(Arrays.copyOfRange(together, second.length, together.length))
          .containsExactly(second, within(1e-12));
    }
  }

  @Test
  void keepsNothingButItsResult() {
    try (Autoencoder network = make(DType.F32, 5);
        Scope _ = Scope.open()) {
      Tensor picture = image(DType.F32, 1, 3, 8, 8);
      Tensor first = network.decode(network.moments(picture).slice(1, 0, 4));
      long before = first.device().outstandingBytes();
      Tensor moments = network.moments(picture);
      assertThat(first.device().outstandingBytes() - before)
          .isLessThan(4L * moments.size() * Float.BYTES + 4096);
    }
  }

  @Test
  void samplesWithClampedVariance() {
    try (Scope _ = Scope.open();
        Random random = new Random(7)) {
      Tensor moments = Tensor.of(new double[] {1, 2, 3, -1000, 1000, 0}, 1, 6, 1, 1);
      double[] noise;
      try (Random same = new Random(7)) {
        noise = same.normal(DType.F64, 1, 3, 1, 1).toDoubles();
      }
      assertThat(Autoencoder.mean(moments).toDoubles()).containsExactly(1, 2, 3);
      assertThat(Autoencoder.sample(moments, random).toDoubles())
          .containsExactly(
              new double[] {
                1 + Math.exp(-15) * noise[0], 2 + Math.exp(10) * noise[1], 3 + noise[2]
              },
              within(1e-9));
    }
  }

  @Test
  void weightsComeBackInEitherFormat() {
    for (String name : new String[] {"vae.safetensors", "vae.ckpt"}) {
      Path file = folder.resolve(name);
      try (Scope _ = Scope.open();
          Autoencoder written = make(DType.F32, 11);
          Autoencoder read = make(DType.F32, 12)) {
        written.save(file);
        read.load(file);
        Tensor picture = image(DType.F32, 1, 3, 4, 4);
        assertThat(read.moments(picture).toDoubles())
            .isEqualTo(written.moments(picture).toDoubles());
      }
    }
  }

  @Test
  void everyFaultOfAFileIsListedAtOnce() {
    Path file = folder.resolve("wrong.ckpt");
    new TorchWriter()
        .addFloats("encoder.conv_in.weight", Shape.of(8, 3, 1, 1), new float[24], 0)
        .addFloats("encoder.conv_in.bias", Shape.of(8), new float[8], 0)
        .addFloats("decoder.extra", Shape.of(1), new float[1], 0)
        .addFloats("loss.discriminator.weight", Shape.of(1), new float[1], 0)
        .write(file, "state_dict");
    try (Autoencoder network = make(DType.F32, 13)) {
      int tensors = network.parameters().size();
      assertThatThrownBy(() -> network.load(file))
          .isInstanceOfSatisfying(
              WeightsException.class,
              e ->
                  assertThat(e.faults())
                      .hasSize(tensors - 2 + 2)
                      .contains(
                          "encoder.conv_in.weight is [8, 3, 1, 1] instead of [8, 3, 3, 3]",
                          "decoder.extra is unexpected",
                          "quant_conv.bias is missing"));
    }
  }

  @Test
  void refusesImagesThatDoNotDivide() {
    try (Scope _ = Scope.open();
        Autoencoder network = make(DType.F64, 17)) {
      Tensor odd = image(DType.F64, 1, 3, 6, 5);
      assertThatThrownBy(() -> network.moments(odd))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("images of 6 x 5 pixels cannot be encoded; crop the sides to multiples of 2");
    }
    assertThatThrownBy(() -> new VaeConfig(4, 8, List.of(1), 1, 3, false))
        .hasMessageContaining("3 groups do not divide the 8 channels");
  }
}

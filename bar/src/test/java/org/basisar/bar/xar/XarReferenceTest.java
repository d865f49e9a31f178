package org.basisar.bar.xar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.assertj.core.data.Offset;
import org.basisar.autograd.Gradients;
import org.basisar.autograd.Tape;
import org.basisar.bar.basis.LearnedBasis;
import org.basisar.bar.basis.Objective;
import org.basisar.bar.basis.Projection;
import org.basisar.nn.Setup;
import org.basisar.tensor.DType;
import org.basisar.tensor.LinearAlgebra;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Random;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The tiny fp64 model against check values computed independently of this project. The values are
 * printed to ten decimals, which bounds the comparison where they are small.
 */
class XarReferenceTest {
  private static final int BATCH = 2;
  private static final int TOKENS = 256;
  private static final int CHANNELS = 16;

  private final XarModel model = tinyModel();
  private Scope scope;

  private static XarModel tinyModel() {
    XarModel model =
        new XarModel(new Setup(DType.F64, new Random(1), new Random(2)), ReferenceNumbers.tiny());
    ReferenceNumbers.fill(model.parameters());
    return model;
  }

  @BeforeEach
  void open() {
    scope = Scope.open();
  }

  @AfterEach
  void close() {
    scope.close();
    model.close();
  }

  private static Offset<Double> near(double expected) {
    return within(Math.max(1e-8 * Math.abs(expected), 6e-11));
  }

  private static void check(double actual, double expected) {
    assertThat(actual).isCloseTo(expected, near(expected));
  }

  /** The latent grid [B, C, 16, 16] moved to cell order [B, N, C]. */
  static double[] cleanTokens() {
    double[] grid = ReferenceNumbers.data(1000, BATCH * CHANNELS * TOKENS, 4);
    CellOrder order = new CellOrder(16, 2);
    double[] tokens = new double[grid.length];
    for (int b = 0; b < BATCH; b++) {
      for (int t = 0; t < TOKENS; t++) {
        for (int c = 0; c < CHANNELS; c++) {
          tokens[(b * TOKENS + t) * CHANNELS + c] =
              grid[(b * CHANNELS + c) * TOKENS + order.raster(t)];
        }
      }
    }
    return tokens;
  }

  private static Tensor x() {
    return Tensor.of(cleanTokens(), BATCH, TOKENS, CHANNELS);
  }

  private static Tensor noise() {
    return Tensor.of(
        ReferenceNumbers.data(1001, BATCH * TOKENS * CHANNELS, 4), BATCH, TOKENS, CHANNELS);
  }

  private static Tensor time() {
    return Tensor.of(new double[] {0.1234, 0.5, 0.75, 0.999, 0.9, 0.3, 0.0301, 0.6}, BATCH, 4);
  }

  private static Tensor labels() {
    return Tensor.of(new int[] {7, 1000}, BATCH);
  }

  private Tensor velocity() {
    Tensor noisy = Ops.interpolate(x(), noise(), time());
    return model.forward(noisy, Ops.trunc(Ops.scale(time(), 1000)), labels());
  }

  private static double sum(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum;
  }

  private static double squares(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value * value;
    }
    return sum;
  }

  private double[] values(String path) {
    return Objects.requireNonNull(model.parameters().get(path)).tensor().toDoubles();
  }

  @Test
  void parametersAreTheReferenceNumbers() {
    assertThat(model.parameters()).hasSize(64);
    assertThat(model.parameterCount()).isEqualTo(135_608);
    double[] projection = values("z_proj.weight");
    check(projection[0], 0.3364887863);
    check(projection[3], 0.2101373776);
    double[] classes = values("class_emb.weight");
    check(classes[1000 * 32], 0.2957806059);
    check(classes[1000 * 32 + 2], -0.4681514206);
  }

  @Test
  void inputsMatch() {
    double[] clean = cleanTokens();
    check(clean[0], -0.7838367308);
    check(clean[2], 0.9497681772);
    check(clean[64 * CHANNELS], -1.0067491541);
    check(sum(clean), -1.5280876160);
    double[] noisy = Ops.interpolate(x(), noise(), time()).toDoubles();
    check(noisy[0], -0.6673135794);
    check(noisy[1], -0.0960129723);
    check(noisy[2], 0.9688876347);
    assertThat(Ops.trunc(Ops.scale(time(), 1000)).toDoubles())
        .containsExactly(123, 500, 750, 999, 900, 300, 30, 600);
    double[] condition = model.condition(Ops.trunc(Ops.scale(time(), 1000)), labels()).toDoubles();
    check(condition[0], -0.5586695339);
    check(condition[1], 0.4918556295);
    check(condition[2], -0.1047605091);
  }

  @Test
  void forwardMatches() {
    double[] velocity = velocity().toDoubles();
    check(velocity[0], -0.5683851449);
    check(velocity[1], 1.0765061924);
    check(velocity[2], -0.2053333804);
    check(velocity[3], 0.5672014001);
    int last = (TOKENS + 255) * CHANNELS;
    check(velocity[last], 0.3714617843);
    check(velocity[last + 3], -1.9865207477);
    check(velocity[64 * CHANNELS], -0.8437316544);
    check(velocity[128 * CHANNELS], 1.5895278998);
    check(velocity[192 * CHANNELS], 0.3891266855);
    check(sum(velocity), -260.7193464353);
    check(squares(velocity), 11109.6648858065);
  }

  @Test
  void lossAndCellErrorsMatch() {
    Objective objective =
        new Objective(Objective.Kind.PLAIN, Objective.Times.LOGIT_NORMAL_PER_CELL, 1);
    Objective.Loss loss =
        objective.loss(
            (noisy, timeIndex) -> model.forward(noisy, timeIndex, labels()),
            null,
            x(),
            noise(),
            time());
    check(loss.total().item(), 3.9130309146);
    double[] expected = {
      3.3438020205, 3.7656206269, 3.6314098710, 3.6882199725,
      4.5067225407, 4.2562950771, 3.9172745616, 4.1949026468
    };
    double[] error = Ops.sub(loss.velocity(), Ops.sub(noise(), x())).toDoubles();
    for (int cell = 0; cell < 8; cell++) {
      double sum = 0;
      for (int i = 0; i < 64 * CHANNELS; i++) {
        sum += error[cell * 64 * CHANNELS + i] * error[cell * 64 * CHANNELS + i];
      }
      check(sum / (64 * CHANNELS), expected[cell]);
    }
  }

  @Test
  void samplerMatches() {
    SamplerSettings settings = new SamplerSettings(SamplerSettings.Method.EULER_MARUYAMA, 5, 2.7);
    SamplerNoise noise =
        (cell, step, destination) -> {
          int stream = step == SamplerNoise.INITIAL ? 1100 + cell : 2000 + 100 * cell + step;
          System.arraycopy(
              ReferenceNumbers.data(stream, destination.length, 4),
              0,
              destination,
              0,
              destination.length);
        };
    try (XarSampler sampler = new XarSampler(model, settings, BATCH)) {
      double[] first = sampler.sample(new int[] {7, 500}, noise, () -> {});
      checkSample(first);
      // A second batch replays captured programs on used caches.
      assertThat(sampler.sample(new int[] {7, 500}, noise, () -> {})).isEqualTo(first);
    }
  }

  private static void checkSample(double[] sequence) {
    check(sequence[0], 2.0386374612);
    check(sequence[1], -0.6775959046);
    check(sequence[2], -0.9237934587);
    check(sequence[3], -0.2590024600);
    int last = (TOKENS + 255) * CHANNELS;
    check(sequence[last], -0.1717686411);
    check(sequence[last + 1], -4.9634671202);
    check(sequence[last + 2], 1.4626167088);
    check(sequence[last + 3], -3.4662741230);
    check(sequence[64 * CHANNELS], -0.1289015296);
    check(sequence[128 * CHANNELS], -1.9000785270);
    check(sequence[192 * CHANNELS], 1.9986515227);
    check(sum(sequence), -530.2990864263);
    check(squares(sequence), 19493.7233935659);
    int[] raster = new CellOrder(16, 2).raster();
    for (int t = 0; t < TOKENS; t++) {
      if (raster[t] == 9 * 16 + 2) {
        check(sequence[t * CHANNELS + 3], -2.7691759312);
      }
    }
  }

  private static double[] nearIdentity() {
    double[] a = ReferenceNumbers.data(1200, TOKENS * TOKENS, 0.02);
    for (int i = 0; i < TOKENS; i++) {
      a[i * TOKENS + i] += 1;
    }
    return a;
  }

  @Test
  void basisPiecesMatch() {
    Tensor prediction = Ops.sub(noise(), velocity());
    Tensor a = Tensor.of(nearIdentity(), TOKENS, TOKENS);
    double[] y = Ops.basisTransform(a, x(), false).toDoubles();
    check(y[0], -0.6093237840);
    check(y[1], 0.3992902833);
    check(y[2], 1.0472246151);
    check(sum(y), -1.2280080951);
    Tensor plain = Ops.mean(Ops.square(Ops.sub(prediction, Ops.basisTransform(a, x(), false))));
    check(plain.item(), 3.9443757215);

    try (Tape tape = Tape.open()) {
      Tensor clean = x();
      Tensor predicted = prediction.detach();
      tape.watch(a, predicted);
      Tensor loss = Ops.residualLoss(a, clean, predicted);
      check(loss.item(), 2.6396707181);
      Gradients gradients = tape.backward(loss);
      double[] explicit = gradients.of(a).toDoubles();
      check(Math.sqrt(squares(explicit)), 0.9759089919);
      check(explicit[0], 0.0130532667);
      check(explicit[1], 0.0071315130);
      check(explicit[2], -0.0067058587);
      check(Math.sqrt(squares(gradients.of(predicted).toDoubles())), 0.0256155764);
    }
  }

  @Test
  void regularizerAndProjectionMatch() {
    Setup setup = new Setup(DType.F64, new Random(1), new Random(2));
    try (LearnedBasis basis = new LearnedBasis(setup, TOKENS, nearIdentity())) {
      check(basis.regularizer().item() * TOKENS * TOKENS, 5.3079438710);
      check(basis.deviationNorm().item(), 2.3038975390);
      double[] singular = LinearAlgebra.svd(basis.matrix().tensor()).singularValues().toDoubles();
      check(singular[0], 1.4892634260);
      check(singular[TOKENS - 1], 0.6692880947);
      long outside = Arrays.stream(singular).filter(s -> Math.abs(s - 1) > 0.05).count();
      assertThat(outside).isEqualTo(34);
      Tensor soft = Projection.clamp(basis.matrix().tensor(), 0.05);
      double[] clamped = soft.toDoubles();
      check(clamped[0], 0.9981893098);
      check(clamped[1], -0.0052989117);
      check(clamped[2], -0.0001584261);
      check(trace(clamped), 255.5350988093);
      double[] polar = Projection.clamp(basis.matrix().tensor(), 0).toDoubles();
      check(polar[0], 0.9981762242);
      check(polar[1], -0.0050272220);
      check(polar[2], -0.0015500288);
      check(trace(polar), 255.4919095932);
    }
  }

  private static double trace(double[] matrix) {
    double sum = 0;
    for (int i = 0; i < TOKENS; i++) {
      sum += matrix[i * TOKENS + i];
    }
    return sum;
  }

  @Test
  void publishedSizesHaveTheirParameterCounts() {
    assertThat(XarConfig.base().parameterCount()).isEqualTo(172_638_224L);
    assertThat(XarConfig.large().parameterCount()).isEqualTo(608_397_968L);
    assertThat(XarConfig.huge().parameterCount()).isEqualTo(1_186_024_096L);
    assertThat(ReferenceNumbers.tiny().parameterCount()).isEqualTo(135_608);
  }

  @Test
  void pathsAreTheCheckpointKeys() {
    List<String> paths = List.copyOf(model.parameters().keySet());
    assertThat(paths.subList(0, 12))
        .containsExactly(
            "encoder_pos_embed_learned",
            "decoder_pos_embed_learned",
            "class_emb.weight",
            "time_embed.mlp.0.weight",
            "time_embed.mlp.0.bias",
            "time_embed.mlp.2.weight",
            "time_embed.mlp.2.bias",
            "z_proj.weight",
            "z_proj.bias",
            "z_proj_ln.weight",
            "encoder_blocks.0.attn.qkv.weight",
            "encoder_blocks.0.attn.qkv.bias");
    assertThat(paths)
        .contains(
            "decoder_blocks.1.mlp.fc1_g.weight",
            "decoder_blocks.1.mlp.fc1_x.bias",
            "decoder_blocks.1.mlp.fc2.weight",
            "decoder_blocks.1.ada_lin.1.weight",
            "encoder_blocks.1.attn.proj.bias");
    assertThat(paths.get(34)).isEqualTo("encoder_norm.weight");
    assertThat(paths.get(35)).isEqualTo("decoder_embed.weight");
    assertThat(paths.get(62)).isEqualTo("pred.weight");
  }
}

package org.basisar.bar.metrics.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.basisar.nn.Setup;
import org.basisar.tensor.DType;
import org.basisar.tensor.Random;
import org.basisar.tensor.Scope;
import org.junit.jupiter.api.Test;

/** Both towers of a small CLIP against plain loops. */
final class ClipTest {
  private static final Clip.Config SMALL = new Clip.Config(8, 2, 2, 12, 4, 6, 2, 3, 50, 9, 5);

  private static Clip small(Setup setup) {
    return new Clip(setup, SMALL);
  }

  @Test
  void featuresOfImagesAreThoseOfPlainLoops() {
    PlainImage image = Networks.image(12, 15, 5); // cropped by (15 − 12)/2 = 1.5, rounded to 2
    Networks.Result result = Networks.features(DType.F64, ClipTest::small, image);
    PlainWeights w = result.weights();
    double[] mean = {0.48145466, 0.4578275, 0.40821073};
    double[] deviation = {0.26862954, 0.26130258, 0.27577711};
    PlainImage x = new PlainImage(3, 12, 12);
    for (int i = 0; i < x.values.length; i++) {
      int c = i / 144;
      x.values[i] = (image.at(c, i / 12 % 12, i % 12 + 2) / 255 - mean[c]) / deviation[c];
    }
    String vision = "vision_model.";
    String embeddings = vision + "embeddings.";
    PlainImage patches =
        x.filtered(w.get(embeddings + "patch_embedding.weight"), new double[0], 4, 4, 4, 0, 0);
    double[][] rows = PlainRows.tokens(patches, w.get(embeddings + "class_embedding"));
    for (int i = 0; i < rows.length; i++) {
      double[] place = PlainRows.slice(w.get(embeddings + "position_embedding.weight"), i * 8, 8);
      rows[i] = PlainRows.norm(PlainRows.sum(rows[i], place), w, vision + "pre_layrnorm", 1e-5);
    }
    rows = encoder(rows, w, vision + "encoder.layers.", 2, false);
    double[] token = PlainRows.norm(rows[0], w, vision + "post_layernorm", 1e-5);
    assertThat(result.features()[0])
        .containsExactly(PlainRows.linear(token, w, "visual_projection"), within(1e-9));
  }

  @Test
  void featuresOfTextsAreThoseOfPlainLoopsWhateverTheirLengths() {
    List<int[]> texts =
        List.of(new int[] {48, 3, 49}, new int[] {48, 7, 7, 1, 20, 49}, new int[] {48, 49});
    try (Scope _ = Scope.open();
        Random random = new Random(77);
        Clip clip = small(new Setup(DType.F64, random, random))) {
      PlainWeights w = new PlainWeights(clip);
      double[] features = clip.textFeatures(texts).toDoubles();
      for (int t = 0; t < texts.size(); t++) {
        int[] tokens = texts.get(t);
        double[][] rows = new double[tokens.length][];
        for (int i = 0; i < rows.length; i++) {
          rows[i] =
              PlainRows.sum(
                  PlainRows.slice(
                      w.get("text_model.embeddings.token_embedding.weight"), tokens[i] * 6, 6),
                  PlainRows.slice(
                      w.get("text_model.embeddings.position_embedding.weight"), i * 6, 6));
        }
        rows = encoder(rows, w, "text_model.encoder.layers.", 3, true);
        double[] last =
            PlainRows.norm(rows[rows.length - 1], w, "text_model.final_layer_norm", 1e-5);
        assertThat(PlainRows.slice(features, t * 5, 5))
            .containsExactly(PlainRows.linear(last, w, "text_projection"), within(1e-9));
      }
      assertThatThrownBy(() -> clip.textFeatures(List.of(new int[10])))
          .hasMessage("a text of 10 tokens is longer than the 9 of CLIP");
    }
  }

  private static double[][] encoder(
      double[][] tokens, PlainWeights w, String name, int heads, boolean causal) {
    double[][] rows = tokens;
    for (int layer = 0; layer < 2; layer++) {
      String key = name + layer;
      int count = rows.length;
      double[][] q = new double[count][];
      double[][] k = new double[count][];
      double[][] v = new double[count][];
      for (int i = 0; i < count; i++) {
        double[] normal = PlainRows.norm(rows[i], w, key + ".layer_norm1", 1e-5);
        q[i] = PlainRows.linear(normal, w, key + ".self_attn.q_proj");
        k[i] = PlainRows.linear(normal, w, key + ".self_attn.k_proj");
        v[i] = PlainRows.linear(normal, w, key + ".self_attn.v_proj");
      }
      double[][] mixed = PlainRows.attention(q, k, v, heads, causal);
      double[][] next = new double[count][];
      for (int i = 0; i < count; i++) {
        double[] attended =
            PlainRows.sum(rows[i], PlainRows.linear(mixed[i], w, key + ".self_attn.out_proj"));
        double[] inner =
            PlainRows.linear(
                PlainRows.norm(attended, w, key + ".layer_norm2", 1e-5), w, key + ".mlp.fc1");
        for (int c = 0; c < inner.length; c++) {
          inner[c] /= 1 + Math.exp(-1.702 * inner[c]);
        }
        next[i] = PlainRows.sum(attended, PlainRows.linear(inner, w, key + ".mlp.fc2"));
      }
      rows = next;
    }
    return rows;
  }
}

package org.basisar.tensor.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AttentionTest {
  private static final long SEED = 11;
  private static final long STEP = 5;
  private static final int CALL = 3;

  private final int before = Workers.threads();
  private final Random random = new Random(4);

  @AfterEach
  void restore() {
    Workers.configure(before);
  }

  /**
   * One problem: query, key and value as slices of rows of width 3D, as a fused projection writes
   * them.
   */
  private final class Case {
    final int batches;
    final int heads;
    final int headWidth;
    final int queries;
    final int keys;
    final int cell;
    final double rate;
    final int width;
    final float[] qkv;
    final float[] gradient;
    final float[] out;
    final float[] logSum;
    final float[] dqkv;
    final double[] expectedOut;
    final double[] expectedLogSum;
    final double[] expectedGradient;

    Case(int batches, int heads, int headWidth, int queries, int keys, int cell, double rate) {
      this.batches = batches;
      this.heads = heads;
      this.headWidth = headWidth;
      this.queries = queries;
      this.keys = keys;
      this.cell = cell;
      this.rate = rate;
      width = heads * headWidth;
      qkv = TestArrays.random(random, batches * keys * 3 * width);
      for (int i = 0; i < qkv.length; i++) {
        qkv[i] *= 2;
      }
      gradient = TestArrays.random(random, batches * queries * width);
      out = new float[batches * queries * width];
      logSum = new float[batches * heads * queries];
      dqkv = new float[qkv.length];
      expectedOut = new double[out.length];
      expectedLogSum = new double[logSum.length];
      expectedGradient = new double[qkv.length];
      for (int b = 0; b < batches; b++) {
        for (int h = 0; h < heads; h++) {
          for (int i = 0; i < queries; i++) {
            reference(b, h, i);
          }
        }
      }
    }

    private int at(int b, int token, int part, int h) {
      return (b * keys + token) * 3 * width + part * width + h * headWidth;
    }

    private void reference(int b, int h, int i) {
      int past = keys - queries;
      int seen = cell == 0 ? keys : ((past + i) / cell + 1) * cell;
      int q = at(b, past + i, 0, h);
      double scale = 1 / Math.sqrt(headWidth);
      double[] p = new double[seen];
      double max = Double.NEGATIVE_INFINITY;
      for (int j = 0; j < seen; j++) {
        for (int d = 0; d < headWidth; d++) {
          p[j] += (double) qkv[q + d] * qkv[at(b, j, 1, h) + d] * scale;
        }
        max = Math.max(max, p[j]);
      }
      double sum = 0;
      for (int j = 0; j < seen; j++) {
        p[j] = Math.exp(p[j] - max);
        sum += p[j];
      }
      int row = (b * heads + h) * queries + i;
      expectedLogSum[row] = max + Math.log(sum);
      float[] uniform = new float[seen];
      Philox.uniform(SEED, STEP, CALL, (long) row * keys, uniform, 0, seen);
      int o = (b * queries + i) * width + h * headWidth;
      double[] slope = new double[seen];
      double along = 0;
      for (int j = 0; j < seen; j++) {
        p[j] /= sum;
        double factor = uniform[j] >= rate ? 1 / (1 - rate) : 0;
        for (int d = 0; d < headWidth; d++) {
          expectedOut[o + d] += p[j] * factor * qkv[at(b, j, 2, h) + d];
          slope[j] += factor * gradient[o + d] * qkv[at(b, j, 2, h) + d];
          expectedGradient[at(b, j, 2, h) + d] += p[j] * factor * gradient[o + d];
        }
        along += p[j] * slope[j];
      }
      for (int j = 0; j < seen; j++) {
        double score = p[j] * (slope[j] - along) * scale;
        for (int d = 0; d < headWidth; d++) {
          expectedGradient[q + d] += score * qkv[at(b, j, 1, h) + d];
          expectedGradient[at(b, j, 1, h) + d] += score * qkv[q + d];
        }
      }
    }

    void run() {
      int row = 3 * width;
      int batch = keys * row;
      int past = (keys - queries) * row;
      Attention forward = new Attention(batches, heads, headWidth, queries, keys, cell);
      forward.query(qkv, past, row, batch).key(qkv, width, row, batch);
      forward.value(qkv, 2 * width, row, batch).out(out, 0, width, queries * width);
      forward.logSum(logSum, 0).dropout(rate, SEED, STEP, CALL).execute();
      AttentionBackward backward =
          new AttentionBackward(batches, heads, headWidth, queries, keys, cell);
      backward.query(qkv, past, row, batch).key(qkv, width, row, batch);
      backward.value(qkv, 2 * width, row, batch);
      backward.logSum(logSum, 0).outGradient(gradient, 0, width, queries * width);
      backward.queryGradient(dqkv, past, row, batch).keyGradient(dqkv, width, row, batch);
      backward.valueGradient(dqkv, 2 * width, row, batch).dropout(rate, SEED, STEP, CALL);
      backward.execute();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, 4, 1, 1, 0, 0",
    "2, 3, 16, 31, 31, 0, 0",
    "1, 2, 20, 33, 33, 0, 0.3",
    "1, 2, 64, 64, 64, 16, 0",
    "2, 2, 10, 12, 12, 3, 0",
    "1, 1, 64, 256, 256, 64, 0",
    "1, 2, 80, 128, 192, 64, 0.1",
    "1, 2, 8, 130, 130, 13, 0",
    "1, 1, 16, 1, 113, 0, 0",
    "1, 1, 32, 66, 99, 33, 0.5",
  })
  void agreesWithLongArithmetic(
      int batches, int heads, int headWidth, int queries, int keys, int cell, double rate) {
    Case problem = new Case(batches, heads, headWidth, queries, keys, cell, rate);
    float[] firstOut = {};
    float[] firstGradient = {};
    for (int threads = 1; threads <= 3; threads++) {
      Workers.configure(threads);
      problem.run();
      if (threads == 1) {
        double tolerance = 16 * Math.sqrt(keys + headWidth) * 0x1p-24;
        TestArrays.assertClose(
            "output", problem.out, 0, problem.expectedOut, problem.out.length, tolerance);
        TestArrays.assertClose(
            "log of sum", problem.logSum, 0, problem.expectedLogSum, problem.logSum.length, 1e-6);
        TestArrays.assertClose(
            "gradient", problem.dqkv, 0, problem.expectedGradient, problem.dqkv.length, tolerance);
        firstOut = problem.out.clone();
        firstGradient = problem.dqkv.clone();
      } else {
        assertThat(problem.out).isEqualTo(firstOut);
        assertThat(problem.dqkv).isEqualTo(firstGradient);
      }
    }
  }

  /** A cache: the last cell alone gives the bits of the same rows among all queries. */
  @Test
  void queriesAtTheEndEqualTheSameQueriesAmongAll() {
    Case problem = new Case(1, 2, 16, 96, 96, 32, 0);
    problem.run();
    float[] last = new float[32 * 32];
    int row = 3 * 32;
    Attention cached = new Attention(1, 2, 16, 32, 96, 32);
    cached.query(problem.qkv, 64 * row, row, 0).key(problem.qkv, 32, row, 0);
    cached.value(problem.qkv, 64, row, 0).out(last, 0, 32, 0).logSum(new float[64], 0).execute();
    for (int i = 0; i < last.length; i++) {
      assertThat(last[i]).isEqualTo(problem.out[64 * 32 + i]);
    }
  }

  @Test
  void moreQueriesThanKeysAreRefused() {
    assertThatThrownBy(() -> new Attention(1, 1, 4, 3, 2, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("Attention of 3 queries over 2 keys");
  }
}

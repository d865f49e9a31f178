package org.basisar.bench;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Locale;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;
import org.basisar.tensor.cpu.Workers;

/**
 * How near the basis transform of one thread comes to multiply-adds in registers ({@link FmaRoof}),
 * by processor time and with warm caches: a Markdown table over channels, tokens and batches, for A
 * and for its transpose.
 */
public final class TransformRoof {
  private static final int[] CHANNELS = {3, 5, 12, 16, 24, 48};
  private static final int[] TOKENS = {64, 256, 1024};
  private static final int ROUNDS = 5;
  private static final long ROUND_NANOS = 20_000_000;
  private static final int WARM_ROUNDS = 8;
  private static final double LEAST_FLOPS = 2e7;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private TransformRoof() {}

  /**
   * Prints the table; medians of five rounds after eight that do not count.
   *
   * @param arguments the batches, by default 1 and 64
   */
  public static void main(String[] arguments) {
    int[] batches = Arrays.stream(arguments).mapToInt(Integer::parseInt).toArray();
    if (batches.length == 0) {
      batches = new int[] {1, 64};
    }
    Workers.configure(1);
    double roof = FmaRoof.gigaflops();
    System.out.printf(Locale.ROOT, "Roof before: %.1f GFLOP/s of one thread%n%n", roof);
    StringBuilder head = new StringBuilder("| channels | tokens |");
    StringBuilder line = new StringBuilder("|---|---|");
    for (int batch : batches) {
      head.append(String.format(Locale.ROOT, " batch %d, A | batch %d, Aᵀ |", batch, batch));
      line.append("---|---|");
    }
    System.out.println(head + "\n" + line);
    for (int channels : CHANNELS) {
      for (int tokens : TOKENS) {
        StringBuilder row = new StringBuilder(String.format("| %d | %d |", channels, tokens));
        for (int batch : batches) {
          TokenCase of = new TokenCase(tokens, channels, batch);
          for (boolean transposed : new boolean[] {false, true}) {
            double share = gigaflops(of, transposed) / roof;
            row.append(String.format(Locale.ROOT, " %.0f %% |", 100 * share));
          }
        }
        System.out.println(row);
      }
    }
    System.out.printf(Locale.ROOT, "%nRoof after: %.1f GFLOP/s%n", FmaRoof.gigaflops());
  }

  private static double gigaflops(TokenCase of, boolean transposed) {
    try (Scope _ = Scope.open()) {
      Tensor a = Tensor.of(of.basis().values(), of.tokens(), of.tokens());
      Tensor x = Tensor.of(of.x().values(), of.batch(), of.tokens(), of.channels());
      Captured call = new Captured(() -> new Tensor[] {Ops.basisTransform(a, x, transposed)});
      double[] rates = new double[ROUNDS];
      double flops = 2.0 * of.tokens() * of.size();
      // Reading the clock takes as long as a small product.
      int atOnce = (int) Math.ceil(LEAST_FLOPS / flops);
      for (int round = -WARM_ROUNDS; round < ROUNDS; round++) {
        long calls = 0;
        long begin = THREADS.getCurrentThreadCpuTime();
        long used;
        do {
          for (int i = 0; i < atOnce; i++) {
            call.replay();
          }
          calls += atOnce;
          used = THREADS.getCurrentThreadCpuTime() - begin;
        } while (used < ROUND_NANOS);
        if (round >= 0) {
          rates[round] = calls * flops / used;
        }
      }
      Arrays.sort(rates);
      return rates[ROUNDS / 2];
    }
  }
}

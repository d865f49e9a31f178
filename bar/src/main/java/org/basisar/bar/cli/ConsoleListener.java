package org.basisar.bar.cli;

import java.io.Console;
import java.io.PrintWriter;
import java.util.Locale;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.basisar.bar.run.RunListener;
import org.basisar.bar.train.StepReport;
import org.jspecify.annotations.Nullable;

/**
 * Shows a run on a terminal with a progress bar; without one, with a line for every measured step.
 */
final class ConsoleListener implements RunListener {
  private final PrintWriter out;
  private final boolean terminal = isTerminal(System.console());
  private @Nullable ProgressBar bar;
  private String stage = "";
  private long units;

  ConsoleListener(PrintWriter out) {
    this.out = out;
  }

  private static boolean isTerminal(@Nullable Console console) {
    return console != null && console.isTerminal();
  }

  @Override
  public void message(String sentence) {
    out.println(sentence);
    out.flush();
  }

  @Override
  public void begin(String name, long total, long done) {
    stage = name;
    units = total;
    if (terminal) {
      bar =
          new ProgressBarBuilder()
              .setTaskName(name)
              .setInitialMax(total)
              .startsFrom(done, java.time.Duration.ZERO)
              .setStyle(ProgressBarStyle.ASCII)
              .setUpdateIntervalMillis(200)
              .showSpeed()
              .setConsumer(new ConsoleProgressBarConsumer(System.err))
              .build();
    } else {
      message(name + ": " + total + " to do" + (done == 0 ? "" : ", " + done + " done"));
    }
  }

  @Override
  public void progress(String detail) {
    ProgressBar shown = bar;
    if (shown != null) {
      shown.step();
      if (!detail.isEmpty()) {
        shown.setExtraMessage(detail);
      }
    }
  }

  @Override
  public void end() {
    ProgressBar shown = bar;
    if (shown != null) {
      shown.close();
      bar = null;
    }
  }

  @Override
  public void measured(StepReport report, double imagesPerSecond) {
    if (!terminal) {
      String basis =
          Double.isNaN(report.orthogonality())
              ? ""
              : String.format(
                  Locale.ROOT,
                  "regularizer %.3g | ‖AAᵀ−I‖ %.3f | ",
                  report.regularizer(),
                  report.orthogonality());
      message(
          String.format(
              Locale.ROOT,
              "%s %d/%d | loss %.4f | %sgradient %.3f | rate %.2e | %.0f img/s",
              stage,
              report.step(),
              units,
              report.objective(),
              basis,
              report.gradientNorm(),
              report.learningRate(),
              imagesPerSecond));
    }
  }
}

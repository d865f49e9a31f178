package org.basisar.bar.run;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import org.basisar.bar.train.RunConfig;
import org.basisar.bar.train.RunException;
import org.basisar.bar.train.StepReport;
import org.basisar.nn.io.IoReason;
import org.jspecify.annotations.Nullable;

/** Trains to the end, or until asked to stop, with measurements and checkpoints on the way. */
final class TrainingLoop {
  /** Validations spread over a run. */
  private static final int VALIDATIONS = 25;

  private TrainingLoop() {}

  /** What is trained. */
  interface Steps {
    /** Steps done so far. */
    long done();

    /** Does one more. */
    StepReport advance();

    /** How well images that were never trained on are modelled; not a number if there are none. */
    double validation();

    /**
     * Keeps the figures of a step.
     *
     * @param validation not a number if it was not measured at this step
     */
    void measured(StepReport report, double imagesPerSecond, double validation) throws IOException;

    /** Saves while training goes on. */
    void save(StepReport report) throws IOException;
  }

  /**
   * Runs.
   *
   * @param folder for messages
   * @return the last step's figures, or null if there was none to do
   */
  static @Nullable StepReport run(
      Steps steps,
      RunConfig.Training training,
      TrainingRun.Plan plan,
      Path folder,
      RunListener listener,
      BooleanSupplier stop) {
    listener.begin("training", training.steps(), steps.done());
    StepReport report = null;
    double imagesPerStep = (double) training.batch() * training.accumulation();
    long logged = steps.done();
    long loggedAt = System.nanoTime();
    long savedAt = loggedAt;
    try {
      while (steps.done() < training.steps() && !stop.getAsBoolean()) {
        report = steps.advance();
        listener.progress(String.format(Locale.ROOT, "loss %.4f", report.objective()));
        long now = System.nanoTime();
        if (report.step() % plan.logEvery() == 0 || report.step() == training.steps()) {
          double rate =
              (report.step() - logged) * imagesPerStep * 1e9 / Math.max(1, now - loggedAt);
          boolean due = validates(report.step(), training.steps(), plan.logEvery());
          steps.measured(report, rate, due ? steps.validation() : Double.NaN);
          listener.measured(report, rate);
          logged = report.step();
          loggedAt = System.nanoTime();
        }
        if (now - savedAt > plan.saveSeconds() * 1e9) {
          steps.save(report);
          savedAt = System.nanoTime();
        }
      }
    } catch (IOException e) {
      throw new RunException("cannot write to " + folder + ": " + IoReason.of(e), e);
    } finally {
      listener.end();
    }
    return report;
  }

  /** Whether a run is to be validated after a measured step. */
  private static boolean validates(long done, long steps, int logEvery) {
    return done == steps || done * VALIDATIONS / steps > (done - logEvery) * VALIDATIONS / steps;
  }
}

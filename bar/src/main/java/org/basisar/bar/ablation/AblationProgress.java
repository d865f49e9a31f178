package org.basisar.bar.ablation;

import org.basisar.bar.run.RunListener;
import org.basisar.bar.train.StepReport;

/** Joins the stages of many runs into one, counted in training steps. */
final class AblationProgress implements RunListener, AutoCloseable {
  private final RunListener outer;
  private String arm = "";
  private String stage = "";

  AblationProgress(RunListener outer) {
    this.outer = outer;
  }

  /** All runs begin. */
  void open(long steps, long done) {
    outer.begin("ablation", steps, done);
  }

  /** Another run begins. */
  void arm(String description) {
    arm = description;
    outer.message(description);
  }

  @Override
  public void message(String sentence) {
    outer.message(sentence);
  }

  @Override
  public void begin(String name, long units, long done) {
    stage = name;
  }

  @Override
  public void progress(String detail) {
    if (stage.equals("training")) {
      outer.progress(detail.isEmpty() ? arm : arm + ", " + detail);
    }
  }

  @Override
  public void end() {
    stage = "";
  }

  @Override
  public void measured(StepReport report, double imagesPerSecond) {
    // A line for every measured step of every run would drown the lines of the runs.
  }

  @Override
  public void close() {
    outer.end();
  }
}

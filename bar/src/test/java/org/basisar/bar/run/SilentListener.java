package org.basisar.bar.run;

import org.basisar.bar.train.StepReport;

/** For tests of what a listener hears nothing of. */
final class SilentListener implements RunListener {
  @Override
  public void message(String sentence) {}

  @Override
  public void begin(String stage, long units, long done) {}

  @Override
  public void progress(String detail) {}

  @Override
  public void end() {}

  @Override
  public void measured(StepReport report, double imagesPerSecond) {}
}

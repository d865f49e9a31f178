package org.basisar.bar.run;

import org.basisar.bar.train.StepReport;

/** Hears how a run goes; the command line shows it. */
public interface RunListener {
  /** A sentence for the user. */
  void message(String sentence);

  /** A stage of known length begins. */
  void begin(String stage, long units, long done);

  /** One unit of the stage is done. */
  void progress(String detail);

  /** The stage is over. */
  void end();

  /** A step was measured. */
  void measured(StepReport report, double imagesPerSecond);
}

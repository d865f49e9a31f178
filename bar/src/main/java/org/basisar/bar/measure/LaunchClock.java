package org.basisar.bar.measure;

import java.util.List;
import org.basisar.bar.train.StepPrograms;
import org.basisar.tensor.Device;
import org.basisar.tensor.Program;

/** Takes the time from the end of one launch of a replay to the end of the next. */
final class LaunchClock implements StepPrograms.Watcher {
  private final Device device;
  private List<Program.Entry> entries = List.of();
  private double[] seconds = {};
  private long last;

  LaunchClock(Device device) {
    this.device = device;
  }

  /** The launches of the last replay. */
  List<Program.Entry> entries() {
    return entries;
  }

  /** What each of them took; the next replay gets an array of its own. */
  double[] seconds() {
    return seconds;
  }

  @Override
  public void begins(Program program) {
    entries = program.entries();
    seconds = new double[entries.size()];
    device.synchronize();
    last = System.nanoTime();
  }

  @Override
  public void launched(int index) {
    device.synchronize();
    long now = System.nanoTime();
    seconds[index] = (now - last) / 1e9;
    last = System.nanoTime();
  }
}

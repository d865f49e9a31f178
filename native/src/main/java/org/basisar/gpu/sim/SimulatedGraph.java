package org.basisar.gpu.sim;

import java.util.List;
import org.basisar.gpu.GpuGraph;
import org.basisar.gpu.GpuStream;

/** A recorded list of work. */
final class SimulatedGraph implements GpuGraph {
  private final List<Runnable> nodes;

  SimulatedGraph(List<Runnable> nodes) {
    this.nodes = List.copyOf(nodes);
  }

  @Override
  public void launch(GpuStream stream) {
    ((SimulatedStream) stream).enqueue(() -> nodes.forEach(Runnable::run));
  }

  @Override
  public int size() {
    return nodes.size();
  }

  @Override
  public void close() {
    // Holds nothing.
  }
}

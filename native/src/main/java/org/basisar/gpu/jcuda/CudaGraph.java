package org.basisar.gpu.jcuda;

import jcuda.driver.CUgraphNode;
import jcuda.driver.JCudaDriver;
import org.basisar.gpu.GpuGraph;
import org.basisar.gpu.GpuStream;

/** A captured graph, instantiated. */
public final class CudaGraph implements GpuGraph {
  private final CudaGpu gpu;
  private final Handles.Graph graph;
  private final Handles.Executable executable = new Handles.Executable();
  private final int size;
  private boolean closed;

  CudaGraph(CudaGpu gpu, Handles.Graph graph) {
    this.gpu = gpu;
    this.graph = graph;
    long[] nodes = new long[1];
    NativeStatus driver = NativeStatus.DRIVER;
    driver.check(
        "cuGraphGetNodes", () -> JCudaDriver.cuGraphGetNodes(graph, new CUgraphNode[0], nodes));
    this.size = Math.toIntExact(nodes[0]);
    driver.check("cuGraphInstantiate", () -> JCudaDriver.cuGraphInstantiate(executable, graph, 0));
  }

  @Override
  public void launch(GpuStream stream) {
    gpu.makeCurrent();
    NativeStatus.DRIVER.check(
        "cuGraphLaunch",
        () -> JCudaDriver.cuGraphLaunch(executable, ((CudaStream) stream).handle()));
  }

  /**
   * Takes over the arguments of another graph with the same nodes in the same order, which is much
   * cheaper than making it launchable.
   *
   * @return whether the two were alike enough; if not, this graph is as it was
   */
  public boolean update(CudaGraph newer) {
    gpu.makeCurrent();
    return gpu.extras().updateGraph(executable.value(), newer.graph.value());
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      gpu.closed(this);
      gpu.makeCurrent();
      NativeStatus driver = NativeStatus.DRIVER;
      driver.check("cuGraphExecDestroy", () -> JCudaDriver.cuGraphExecDestroy(executable));
      driver.check("cuGraphDestroy", () -> JCudaDriver.cuGraphDestroy(graph));
    }
  }
}

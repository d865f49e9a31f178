package org.basisar.tensor.cuda;

import java.util.ArrayList;
import java.util.List;
import org.basisar.gpu.ElementType;
import org.basisar.kernels.KernelLaunch;
import org.basisar.kernels.KernelLibrary;
import org.basisar.kernels.reduction.ColumnReduceKernel;
import org.basisar.kernels.reduction.ReduceKind;
import org.basisar.kernels.reduction.ReduceShape;
import org.basisar.kernels.reduction.RowReduceKernel;
import org.basisar.tensor.Launch;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;

/**
 * Sums over broadcast axes. The axes form runs that are alternately kept and summed; a run is
 * summed by one pass, the last first, through F32 intermediate sums.
 */
final class CudaSumTo {
  /** Neighbouring axes that are all summed or all kept. */
  private record Run(int extent, boolean summed) {}

  private CudaSumTo() {}

  static Launch prepare(CudaContext context, Tensor in, Tensor out) {
    if (in.size() == 0) {
      return context.fill(out, 0);
    }
    List<Run> runs = runs(in.shape(), out.shape());
    long summed = runs.stream().filter(Run::summed).count();
    if (summed == 0) {
      long to = CudaContext.address(out);
      long from = CudaContext.address(in);
      long bytes = (long) in.size() * in.dtype().bytes();
      return () -> context.stream().copy(to, from, bytes);
    }
    return summed == 1
        ? CudaReduction.reduce(context, ReduceKind.SUM, in, last(runs), 1, out)
        : context.launches(passes(context, runs, in, out));
  }

  private static List<Run> runs(Shape from, Shape to) {
    List<Run> runs = new ArrayList<>();
    int lead = from.rank() - to.rank();
    for (int axis = 0; axis < from.rank(); axis++) {
      int extent = from.dim(axis);
      if (extent == 1) {
        continue;
      }
      boolean summed = axis < lead || to.dim(axis - lead) == 1;
      append(runs, new Run(extent, summed));
    }
    return runs;
  }

  private static void append(List<Run> runs, Run run) {
    if (!runs.isEmpty() && runs.getLast().summed == run.summed) {
      Run before = runs.removeLast();
      runs.add(new Run(before.extent * run.extent, run.summed));
    } else {
      runs.add(run);
    }
  }

  /** The last summed run as the middle axis. */
  private static ReduceShape last(List<Run> runs) {
    int at = runs.size() - 1;
    int inner = 1;
    if (!runs.get(at).summed) {
      inner = runs.get(at--).extent;
    }
    int outer = 1;
    for (int i = 0; i < at; i++) {
      outer *= runs.get(i).extent;
    }
    return new ReduceShape(outer, runs.get(at).extent, inner);
  }

  private static List<Run> withoutLast(List<Run> runs) {
    List<Run> rest = new ArrayList<>();
    int at = runs.size() - (runs.getLast().summed ? 1 : 2);
    for (int i = 0; i < runs.size(); i++) {
      if (i != at) {
        append(rest, runs.get(i));
      }
    }
    return rest;
  }

  private static KernelLaunch[] passes(CudaContext context, List<Run> runs, Tensor in, Tensor out) {
    KernelLibrary library = context.kernels();
    ElementType type = CudaContext.type(in.dtype());
    ReduceShape shape = last(runs);
    // Two sums at a time: the pass's operand and its result.
    long bytes = (long) shape.results() * ElementType.F32.bytes();
    long from = context.scratch(2 * bytes);
    long to = from + bytes;
    List<KernelLaunch> launches = new ArrayList<>();
    launches.add(first(library, type, CudaContext.address(in), shape, from));
    List<Run> rest = withoutLast(runs);
    while (true) {
      shape = last(rest);
      rest = withoutLast(rest);
      boolean done = rest.stream().noneMatch(Run::summed);
      long result = done ? CudaContext.address(out) : 0;
      launches.add(
          ColumnReduceKernel.finish(library, ReduceKind.SUM, type, from, shape, 1, to, result));
      if (done) {
        return launches.toArray(new KernelLaunch[0]);
      }
      long swap = from;
      from = to;
      to = swap;
    }
  }

  private static KernelLaunch first(
      KernelLibrary library, ElementType type, long in, ReduceShape shape, long sums) {
    int extent = shape.extent();
    return shape.inner() == 1
        ? RowReduceKernel.chunks(
            library,
            ReduceKind.SUM,
            type,
            in,
            shape.outer(),
            extent,
            Math.ceilDiv(extent, 8) * 8,
            1,
            sums,
            0)
        : ColumnReduceKernel.columns(library, ReduceKind.SUM, type, in, shape, extent, 1, sums, 0);
  }
}

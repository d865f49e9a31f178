package org.basisar.tensor.cuda;

import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import org.basisar.gpu.ElementType;
import org.basisar.kernels.KernelLaunch;
import org.basisar.kernels.KernelLibrary;
import org.basisar.kernels.optimization.AdamWKernel;
import org.basisar.kernels.optimization.AddIntoKernel;
import org.basisar.kernels.optimization.GlobalNormKernel;
import org.basisar.tensor.Launch;
import org.basisar.tensor.Optimization;
import org.basisar.tensor.Tensor;

/** Binds the operations of {@link Optimization} to kernels. */
final class CudaOptimization {
  private CudaOptimization() {}

  static Launch prepare(CudaContext context, Optimization op, Tensor[] inputs, Tensor[] outputs) {
    return switch (op) {
      case Optimization.GlobalNorm() -> globalNorm(context, inputs, outputs[0]);
      case Optimization.AdamW step -> adamW(context, step, inputs, AdamWKernel::prepare);
      case Optimization.CopyInto() -> copy(context, inputs[0], inputs[1]);
      case Optimization.AddInto() -> add(context, inputs[0], inputs[1]);
    };
  }

  private static Launch copy(CudaContext context, Tensor to, Tensor from) {
    long target = CudaContext.address(to);
    long source = CudaContext.address(from);
    if (to.size() == 0 || target == source) {
      return CudaContext.nothing();
    }
    long bytes = (long) to.size() * to.dtype().bytes();
    return () -> context.stream().copy(target, source, bytes);
  }

  private static Launch add(CudaContext context, Tensor to, Tensor from) {
    if (to.size() == 0) {
      return CudaContext.nothing();
    }
    return context.launch(
        AddIntoKernel.prepare(
            context.kernels(),
            CudaContext.type(to.dtype()),
            CudaContext.address(to),
            CudaContext.address(from),
            to.size()));
  }

  private static Launch globalNorm(CudaContext context, Tensor[] gradients, Tensor out) {
    ElementType type = CudaContext.type(out.dtype());
    long[] addresses = new long[gradients.length];
    long[] counts = new long[gradients.length];
    for (int i = 0; i < gradients.length; i++) {
      addresses[i] = CudaContext.address(gradients[i]);
      counts[i] = gradients[i].size();
    }
    long[] contents = GlobalNormKernel.table(type, addresses, counts);
    int chunks = GlobalNormKernel.chunks(contents);
    if (chunks == 0) {
      return context.fill(out, 0);
    }
    DeviceTables.Table table = context.tables().of(contents);
    KernelLaunch[] launches =
        GlobalNormKernel.prepare(
            context.kernels(),
            type,
            table.address(),
            chunks,
            context.scratch((long) chunks * ElementType.F32.bytes()),
            CudaContext.address(out));
    return holding(table, context.launches(launches));
  }

  /** One of the versions of the step. */
  @FunctionalInterface
  interface AdamWVersion {
    KernelLaunch prepare(
        KernelLibrary library,
        ElementType type,
        long table,
        int chunks,
        long control,
        long norm,
        AdamWKernel.Constants constants);
  }

  static Launch adamW(
      CudaContext context, Optimization.AdamW step, Tensor[] inputs, AdamWVersion version) {
    ElementType type = CudaContext.type(inputs[0].dtype());
    int count = step.count();
    List<AdamWKernel.Parameter> parameters = new ArrayList<>();
    for (int i = 2; i < 2 + count; i++) {
      parameters.add(
          new AdamWKernel.Parameter(
              CudaContext.address(inputs[i]),
              CudaContext.address(inputs[i + count]),
              CudaContext.address(inputs[i + 2 * count]),
              CudaContext.address(inputs[i + 3 * count]),
              CudaContext.address(inputs[i + 4 * count]),
              i < 2 + step.copies() ? CudaContext.address(inputs[i + 5 * count]) : 0,
              inputs[i].size()));
    }
    long[] contents = AdamWKernel.table(type, parameters);
    int chunks = AdamWKernel.chunks(contents);
    if (chunks == 0) {
      return CudaContext.nothing();
    }
    DeviceTables.Table table = context.tables().of(contents);
    AdamWKernel.Constants constants =
        new AdamWKernel.Constants(
            step.beta1(),
            step.beta2(),
            step.epsilon(),
            step.weightDecay(),
            step.averageDecay(),
            step.maxNorm());
    KernelLaunch launch =
        version.prepare(
            context.kernels(),
            type,
            table.address(),
            chunks,
            CudaContext.address(inputs[0]),
            CudaContext.address(inputs[1]),
            constants);
    return holding(table, context.launch(launch));
  }

  /** The launch, which keeps the table as long as it is kept itself. */
  private static Launch holding(DeviceTables.Table table, Launch launch) {
    return () -> {
      try {
        launch.run();
      } finally {
        Reference.reachabilityFence(table);
      }
    };
  }
}

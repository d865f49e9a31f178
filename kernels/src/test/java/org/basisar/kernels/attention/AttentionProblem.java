package org.basisar.kernels.attention;

import java.util.ArrayList;
import java.util.List;
import org.basisar.gpu.ElementType;
import org.basisar.kernels.DeviceData;
import org.basisar.kernels.KernelLaunch;
import org.basisar.kernels.Rounding;

/** Random operands, their reference results, and a run of kernels on them. */
final class AttentionProblem {
  private final ElementType type;
  private final AttentionShape shape;
  private final double rate;
  private final double[] query;
  private final double[] key;
  private final double[] value;
  private final double[] outGradient;

  AttentionProblem(ElementType type, AttentionShape shape, double rate) {
    this.type = type;
    this.shape = shape;
    this.rate = rate;
    int width = shape.heads() * shape.headWidth();
    query = DeviceData.normal(type, 1, shape.images() * shape.queries() * width);
    key = DeviceData.normal(type, 2, shape.images() * shape.keys() * width);
    value = DeviceData.normal(type, 3, key.length);
    outGradient = DeviceData.normal(type, 4, query.length);
  }

  private AttentionReference in(Rounding rounding) {
    return new AttentionReference(rounding, shape, rate, query, key, value, outGradient);
  }

  /** Runs the simple or the flash kernels and compares all results by the 2× rule. */
  void check(DeviceData device, boolean flash) {
    List<double[]> actual = run(device, flash);
    AttentionReference reference = in(Rounding.NONE);
    AttentionReference naive = in(Rounding.of(type));
    Rounding rounding = Rounding.of(type);
    String what = shape + " in " + type + ", dropout " + rate + ": ";
    rounding.check(what + "out", actual.get(0), naive.out, reference.out);
    Rounding.F32.check(
        what + "log denominators", actual.get(1), in(Rounding.F32).logSum, reference.logSum);
    // Slopes less their mean: both are sums of headWidth products of normal numbers.
    double slope = shape.headWidth();
    rounding.check(
        what + "query gradient",
        actual.get(2),
        naive.queryGradient,
        reference.queryGradient,
        slope);
    rounding.check(
        what + "key gradient", actual.get(3), naive.keyGradient, reference.keyGradient, slope);
    rounding.check(
        what + "value gradient", actual.get(4), naive.valueGradient, reference.valueGradient);
  }

  /** out, log denominators, and the gradients of query, key and value. */
  List<double[]> run(DeviceData device, boolean flash) {
    long q = device.of(type, query);
    long k = device.of(type, key);
    long v = device.of(type, value);
    long g = device.of(type, outGradient);
    long out = device.empty(type, query.length);
    long logSum = device.empty(ElementType.F32, (int) shape.rows());
    long delta = device.empty(ElementType.F32, (int) shape.rows());
    AttentionGradientKernel.Gradients gradients =
        new AttentionGradientKernel.Gradients(
            device.empty(type, query.length),
            device.empty(type, key.length),
            device.empty(type, key.length));
    AttentionGradientKernel.Inputs in = new AttentionGradientKernel.Inputs(q, k, v, logSum, g);
    AttentionDropout dropout = dropout(device);
    List<KernelLaunch> launches = new ArrayList<>();
    if (flash) {
      launches.add(FlashKernel.prepare(device.library(), shape, dropout, q, k, v, out, logSum));
      launches.addAll(
          List.of(
              FlashGradientKernel.prepare(
                  device.library(), shape, dropout, in, out, gradients, delta)));
    } else {
      launches.add(
          AttentionKernel.prepare(device.library(), type, shape, dropout, q, k, v, out, logSum));
      launches.addAll(
          List.of(
              AttentionGradientKernel.prepare(
                  device.library(), type, shape, dropout, in, gradients, delta)));
    }
    device.run(launches.toArray(new KernelLaunch[0]));
    return List.of(
        device.read(type, out, query.length),
        device.read(ElementType.F32, logSum, (int) shape.rows()),
        device.read(type, gradients.query(), query.length),
        device.read(type, gradients.key(), key.length),
        device.read(type, gradients.value(), key.length));
  }

  private AttentionDropout dropout(DeviceData device) {
    if (rate == 0) {
      return AttentionDropout.NONE;
    }
    double[] state = new double[4];
    for (int i = 0; i < 4; i++) {
      state[i] = AttentionReference.STATE[i];
    }
    return new AttentionDropout(device.of(ElementType.I32, state), rate, AttentionReference.CALL);
  }
}

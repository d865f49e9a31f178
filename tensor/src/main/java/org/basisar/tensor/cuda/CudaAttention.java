package org.basisar.tensor.cuda;

import org.basisar.gpu.ElementType;
import org.basisar.kernels.KernelLibrary;
import org.basisar.kernels.attention.AttentionDropout;
import org.basisar.kernels.attention.AttentionGradientKernel;
import org.basisar.kernels.attention.AttentionKernel;
import org.basisar.kernels.attention.AttentionShape;
import org.basisar.kernels.attention.FlashGradientKernel;
import org.basisar.kernels.attention.FlashKernel;
import org.basisar.kernels.attention.RotaryKernel;
import org.basisar.kernels.attention.RotaryPacksKernel;
import org.basisar.tensor.AttentionOp;
import org.basisar.tensor.Launch;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;

/** Binds the operations of {@link AttentionOp} to kernels. */
final class CudaAttention {
  private CudaAttention() {}

  static Launch prepare(CudaContext context, AttentionOp op, Tensor[] inputs, Tensor[] outputs) {
    if (outputs[0].size() == 0) {
      return CudaContext.nothing();
    }
    return switch (op) {
      case AttentionOp.RotarySplit(int heads) -> split(context, heads, inputs, outputs);
      case AttentionOp.RotarySplitGradient(int heads) -> join(context, heads, inputs, outputs[0]);
      case AttentionOp.Attention attention -> forward(context, attention, inputs, outputs);
      case AttentionOp.AttentionGradient gradient -> backward(context, gradient, inputs, outputs);
    };
  }

  private static Launch split(CudaContext context, int heads, Tensor[] inputs, Tensor[] outputs) {
    Shape part = outputs[0].shape();
    ElementType type = CudaContext.type(outputs[0].dtype());
    int tokens = part.dim(1);
    int width = part.dim(2);
    int headWidth = width / heads;
    long rows = (long) part.dim(0) * tokens;
    long joined = CudaContext.address(inputs[0]);
    long cosine = CudaContext.address(inputs[1]);
    long sine = CudaContext.address(inputs[2]);
    RotaryKernel.Parts out = parts(outputs);
    KernelLibrary library = context.kernels();
    return context.launch(
        packs(type, headWidth, joined, cosine, sine, out)
            ? RotaryPacksKernel.split(
                library, type, joined, cosine, sine, out, rows, tokens, width, headWidth)
            : RotaryKernel.split(
                library, type, joined, cosine, sine, out, rows, tokens, width, headWidth));
  }

  private static Launch join(CudaContext context, int heads, Tensor[] inputs, Tensor output) {
    Shape part = inputs[0].shape();
    ElementType type = CudaContext.type(output.dtype());
    int tokens = part.dim(1);
    int width = part.dim(2);
    int headWidth = width / heads;
    long rows = (long) part.dim(0) * tokens;
    long cosine = CudaContext.address(inputs[3]);
    long sine = CudaContext.address(inputs[4]);
    long joined = CudaContext.address(output);
    RotaryKernel.Parts in = parts(inputs);
    KernelLibrary library = context.kernels();
    return context.launch(
        packs(type, headWidth, joined, cosine, sine, in)
            ? RotaryPacksKernel.join(
                library, type, in, cosine, sine, joined, rows, tokens, width, headWidth)
            : RotaryKernel.join(
                library, type, in, cosine, sine, joined, rows, tokens, width, headWidth));
  }

  private static boolean packs(
      ElementType type,
      int headWidth,
      long joined,
      long cosine,
      long sine,
      RotaryKernel.Parts parts) {
    return RotaryPacksKernel.fits(
        type, headWidth, joined, cosine, sine, parts.query(), parts.key(), parts.value());
  }

  private static RotaryKernel.Parts parts(Tensor[] tensors) {
    return new RotaryKernel.Parts(
        CudaContext.address(tensors[0]),
        CudaContext.address(tensors[1]),
        CudaContext.address(tensors[2]));
  }

  private static AttentionShape shape(int heads, int cellTokens, Tensor query, Tensor key) {
    Shape q = query.shape();
    return new AttentionShape(
        q.dim(0), heads, q.dim(2) / heads, q.dim(1), key.shape().dim(1), cellTokens);
  }

  private static Launch forward(
      CudaContext context, AttentionOp.Attention op, Tensor[] inputs, Tensor[] outputs) {
    ElementType type = CudaContext.type(inputs[0].dtype());
    AttentionShape shape = shape(op.heads(), op.cellTokens(), inputs[0], inputs[1]);
    AttentionDropout dropout =
        op.dropout() == 0
            ? AttentionDropout.NONE
            : new AttentionDropout(CudaContext.address(inputs[3]), op.dropout(), op.call());
    long query = CudaContext.address(inputs[0]);
    long key = CudaContext.address(inputs[1]);
    long value = CudaContext.address(inputs[2]);
    long out = CudaContext.address(outputs[0]);
    long logSum = CudaContext.address(outputs[1]);
    return context.launch(
        FlashKernel.fits(type, shape, dropout, query, key, value, out)
            ? FlashKernel.prepare(context.kernels(), shape, dropout, query, key, value, out, logSum)
            : AttentionKernel.prepare(
                context.kernels(), type, shape, dropout, query, key, value, out, logSum));
  }

  private static Launch backward(
      CudaContext context, AttentionOp.AttentionGradient op, Tensor[] inputs, Tensor[] outputs) {
    ElementType type = CudaContext.type(inputs[0].dtype());
    AttentionShape shape = shape(op.heads(), op.cellTokens(), inputs[0], inputs[1]);
    AttentionDropout dropout =
        op.dropout() == 0
            ? AttentionDropout.NONE
            : new AttentionDropout(CudaContext.address(inputs[6]), op.dropout(), op.call());
    AttentionGradientKernel.Inputs in =
        new AttentionGradientKernel.Inputs(
            CudaContext.address(inputs[0]),
            CudaContext.address(inputs[1]),
            CudaContext.address(inputs[2]),
            CudaContext.address(inputs[4]),
            CudaContext.address(inputs[5]));
    AttentionGradientKernel.Gradients out =
        new AttentionGradientKernel.Gradients(
            CudaContext.address(outputs[0]),
            CudaContext.address(outputs[1]),
            CudaContext.address(outputs[2]));
    long delta = context.scratch(Float.BYTES * shape.rows());
    long forward = CudaContext.address(inputs[3]);
    boolean flash =
        FlashKernel.fits(
            type,
            shape,
            dropout,
            in.query(),
            in.key(),
            in.value(),
            in.outGradient(),
            out.query(),
            out.key(),
            out.value());
    return context.launches(
        flash
            ? FlashGradientKernel.prepare(
                context.kernels(), shape, dropout, in, forward, out, delta)
            : AttentionGradientKernel.prepare(
                context.kernels(), type, shape, dropout, in, out, delta));
  }
}

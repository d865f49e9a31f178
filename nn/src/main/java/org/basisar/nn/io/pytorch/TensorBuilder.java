package org.basisar.nn.io.pytorch;

import java.util.ArrayList;
import java.util.List;
import org.basisar.nn.io.pytorch.Node.Items;
import org.basisar.nn.io.pytorch.Node.Leaf;
import org.basisar.nn.io.pytorch.Node.StorageView;
import org.basisar.nn.io.pytorch.TorchFileException.Reason;
import org.basisar.nn.io.pytorch.TorchValue.StridedTensor;
import org.basisar.tensor.Shape;

/** Makes a tensor of the arguments that PyTorch's own function takes, if they fit together. */
final class TensorBuilder {
  private static final int MAX_RANK = 32;

  private final String what;

  TensorBuilder(String what) {
    this.what = what;
  }

  /** (storage, offset, extents, strides, requires_grad, hooks {, metadata}). */
  StridedTensor build(List<Node> arguments) {
    if (arguments.size() < 6
        || arguments.size() > 7
        || !(arguments.get(0) instanceof StorageView(StoredStorage storage, long start, long room))
        || !(arguments.get(2) instanceof Items(List<Node> extents, boolean _))
        || !(arguments.get(3) instanceof Items(List<Node> steps, boolean _))) {
      throw fault("has a tensor that is not made of storage, offset, extents and strides");
    }
    if (extents.size() > MAX_RANK || steps.size() != extents.size()) {
      throw fault(
          "has a tensor with " + extents.size() + " extents and " + steps.size() + " strides");
    }
    long offset = natural(arguments.get(1), "offset");
    int[] dims = new int[extents.size()];
    List<Long> strides = new ArrayList<>();
    long size = 1;
    for (int axis = 0; axis < dims.length; axis++) {
      long extent = natural(extents.get(axis), "extent");
      if (extent > Integer.MAX_VALUE) {
        throw fault("has a tensor with the extent " + extent + ", over the limit of 2^31-1");
      }
      // Both factors are below 2^31, so the product cannot wrap before it is looked at.
      size *= extent;
      if (size > Integer.MAX_VALUE) {
        throw fault("has a tensor of more than 2^31-1 elements, which no tensor here can hold");
      }
      dims[axis] = (int) extent;
      strides.add(natural(steps.get(axis), "stride"));
    }
    if (size > room) {
      throw fault(
          "has a tensor of "
              + size
              + " elements in a storage of "
              + room
              + "; save it with .contiguous()");
    }
    if (offset > room) {
      throw fault("has a tensor at offset " + offset + " of a storage of " + room + " elements");
    }
    if (size > 0) {
      long last = offset;
      for (int axis = 0; axis < dims.length; axis++) {
        long steppings = dims[axis] - 1L;
        if (steppings > 0 && strides.get(axis) > (room - 1 - last) / steppings) {
          throw fault(
              "has a tensor of shape "
                  + Shape.of(dims)
                  + " whose strides lead out of its storage of "
                  + room
                  + " elements");
        }
        last += steppings * strides.get(axis);
      }
      if (last >= room) {
        throw fault("has a tensor at offset " + offset + " of a storage of " + room + " elements");
      }
    }
    return new StridedTensor(storage, Shape.of(dims), start + offset, strides);
  }

  private long natural(Node node, String field) {
    if (node instanceof Leaf(TorchValue.Whole(var value))
        && value.signum() >= 0
        && value.bitLength() < 63) {
      return value.longValue();
    }
    throw fault("has a tensor with a " + field + " that is no whole number from 0");
  }

  private TorchFileException fault(String words) {
    return new TorchFileException(Reason.TENSOR, what + " " + words);
  }
}

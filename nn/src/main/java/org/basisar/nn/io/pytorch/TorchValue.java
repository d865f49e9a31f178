package org.basisar.nn.io.pytorch;

import java.math.BigInteger;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.basisar.nn.io.StoredType;
import org.basisar.tensor.Shape;

/** What a PyTorch file can hold here: tensors in plain containers, finite and without cycles. */
public sealed interface TorchValue {
  /** Python's None. */
  record Nothing() implements TorchValue {}

  /** True or false. */
  record Truth(boolean value) implements TorchValue {}

  /** A whole number. */
  record Whole(BigInteger value) implements TorchValue, Comparable<Whole> {
    static Whole of(long value) {
      return new Whole(BigInteger.valueOf(value));
    }

    /** Keys that a hostile file gave one hash are still found quickly if they have an order. */
    @Override
    public int compareTo(Whole other) {
      return value.compareTo(other.value);
    }
  }

  /** A floating-point number. */
  record Real(double value) implements TorchValue {}

  /** A string. */
  record Text(String value) implements TorchValue, Comparable<Text> {
    @Override
    public int compareTo(Text other) {
      return value.compareTo(other.value);
    }
  }

  /** A list or a tuple. */
  record Sequence(List<TorchValue> elements) implements TorchValue {
    /** Copies the list. */
    public Sequence {
      elements = List.copyOf(elements);
    }
  }

  /**
   * A dict, an OrderedDict, or the attributes of an argparse.Namespace; keys are strings, whole
   * numbers, truths or None.
   */
  record Dictionary(SequencedMap<TorchValue, TorchValue> members) implements TorchValue {
    /** Copies the map, in its order. */
    public Dictionary {
      members = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(members));
    }
  }

  /**
   * A tensor: a strided view of a storage, checked to lie inside it.
   *
   * @param storage the elements
   * @param shape extents
   * @param offset of its first element in the storage
   * @param strides distance of neighbours along each axis, in elements, from 0
   */
  record StridedTensor(StoredStorage storage, Shape shape, long offset, List<Long> strides)
      implements TorchValue {
    /** Copies the strides. */
    public StridedTensor {
      strides = List.copyOf(strides);
    }

    /** The element type. */
    public StoredType type() {
      return storage.type().stored();
    }

    /** Whether the elements lie in row-major order without gaps. */
    boolean isDense() {
      long expected = 1;
      for (int axis = shape.rank() - 1; axis >= 0; axis--) {
        if (shape.dim(axis) != 1 && strides.get(axis) != expected) {
          return false;
        }
        expected *= shape.dim(axis);
      }
      return true;
    }
  }
}

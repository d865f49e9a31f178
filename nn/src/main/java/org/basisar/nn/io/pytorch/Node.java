package org.basisar.nn.io.pytorch;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/** What lies on the stack while a pickle runs: growing containers, and names waiting for a call. */
sealed interface Node {
  /** A finished value. */
  record Leaf(TorchValue value) implements Node {}

  /** A list, which may grow and so may come to contain itself, or a tuple, which may not. */
  record Items(List<Node> elements, boolean tuple) implements Node {
    static Items list() {
      return new Items(new ArrayList<>(), false);
    }
  }

  /** A dict or an attribute bag. */
  record Entries(SequencedMap<TorchValue, Node> members, Kind kind) implements Node {
    enum Kind {
      DICT,
      ORDERED_DICT,
      NAMESPACE
    }

    static Entries of(Kind kind) {
      return new Entries(new LinkedHashMap<>(), kind);
    }
  }

  /** One of the few functions and classes that may be named. */
  record Named(Global global) implements Node {}

  /** A storage class. */
  record StorageClass(StorageType type) implements Node {}

  /** A storage, or a run of elements inside one. */
  record StorageView(StoredStorage storage, long offset, long elements) implements Node {}

  /** What may be called. */
  enum Global {
    ORDERED_DICT("collections", "OrderedDict"),
    NAMESPACE("argparse", "Namespace"),
    REBUILD_TENSOR("torch._utils", "_rebuild_tensor_v2"),
    REBUILD_PARAMETER("torch._utils", "_rebuild_parameter");

    private final String module;
    private final String title;

    Global(String module, String title) {
      this.module = module;
      this.title = title;
    }

    String module() {
      return module;
    }

    String title() {
      return title;
    }
  }
}

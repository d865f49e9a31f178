package org.basisar.nn.io.pytorch;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.basisar.nn.io.Json;
import org.basisar.nn.io.pytorch.Node.Items;
import org.basisar.nn.io.pytorch.Node.Leaf;
import org.basisar.nn.io.pytorch.Node.StorageClass;
import org.basisar.nn.io.pytorch.Node.StorageView;
import org.basisar.nn.io.pytorch.TorchFileException.Reason;

/** The storages a pickle speaks of, each described once and for all. */
final class Storages {
  private final String what;
  private final SequencedMap<String, StoredStorage> byKey = new LinkedHashMap<>();

  Storages(String what) {
    this.what = what;
  }

  /** Every storage that was named, in order of appearance. */
  SequencedMap<String, StoredStorage> byKey() {
    return byKey;
  }

  /**
   * The storage of a persistent id: ("storage", class, key, device, elements), in the legacy format
   * with None or (key, offset, elements) of a view behind it. The device is ignored.
   */
  StorageView resolve(Node id) {
    if (!(id instanceof Items(List<Node> parts, boolean _))
        || parts.size() < 5
        || parts.size() > 6
        || !text(parts.get(0)).equals("storage")
        || !(parts.get(1) instanceof StorageClass(StorageType type))) {
      throw fault("refers to something outside that is no storage");
    }
    String key = text(parts.get(2));
    long elements = natural(parts.get(4), "a storage's length");
    if (elements > Long.MAX_VALUE / 16) {
      throw fault("has a storage of " + elements + " elements");
    }
    StoredStorage storage = new StoredStorage(type, key, elements);
    StoredStorage known = byKey.putIfAbsent(key, storage);
    if (known != null && !known.equals(storage)) {
      throw fault("describes storage " + Json.quote(key) + " twice and differently");
    }
    if (parts.size() == 6 && parts.get(5) instanceof Items(List<Node> view, boolean _)) {
      if (view.size() != 3) {
        throw fault("has a damaged view of storage " + Json.quote(key));
      }
      long offset = natural(view.get(1), "a view's offset");
      long length = natural(view.get(2), "a view's length");
      if (offset > elements || length > elements - offset) {
        throw fault("has a view that exceeds storage " + Json.quote(key));
      }
      return new StorageView(storage, offset, length);
    }
    return new StorageView(storage, 0, elements);
  }

  private String text(Node node) {
    if (node instanceof Leaf(TorchValue.Text(String value))) {
      return value;
    }
    throw fault("has a storage whose description is damaged");
  }

  private long natural(Node node, String field) {
    if (node instanceof Leaf(TorchValue.Whole(var value))
        && value.signum() >= 0
        && value.bitLength() < 63) {
      return value.longValue();
    }
    throw fault("has no whole number from 0 for " + field);
  }

  private TorchFileException fault(String words) {
    return new TorchFileException(Reason.STORAGE, what + " " + words);
  }
}

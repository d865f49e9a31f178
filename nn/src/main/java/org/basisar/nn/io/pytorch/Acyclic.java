package org.basisar.nn.io.pytorch;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.basisar.nn.io.Json;
import org.basisar.nn.io.pytorch.TorchFileException.Reason;

/**
 * Turns what the stack machine left into values, if it is a finite tree. A pickle can build a list
 * that contains itself, or thirty lists of which each contains the one before twice: whoever walks
 * over such a thing never comes back. So every container is counted as often as a walk would meet
 * it.
 */
final class Acyclic {
  private static final int MAX_DEPTH = 64;
  private static final long MAX_MEETINGS = 4_000_000;

  /** A finished container and the number of values a walk over it meets. */
  private record Finished(TorchValue value, long meetings) {}

  private final String what;
  private final IdentityHashMap<Node, Finished> finished = new IdentityHashMap<>();
  private final IdentityHashMap<Node, Boolean> open = new IdentityHashMap<>();

  Acyclic(String what) {
    this.what = what;
  }

  /**
   * The value of a node.
   *
   * @throws TorchFileException if it contains itself, is too deep or multiplies beyond measure
   */
  TorchValue value(Node node) {
    return finish(node, 0).value();
  }

  private Finished finish(Node node, int depth) {
    return switch (node) {
      case Node.Leaf(TorchValue value) -> new Finished(value, 1);
      case Node.Items items -> container(items, depth);
      case Node.Entries entries -> container(entries, depth);
      case Node.Named(Node.Global global) ->
          throw fault("holds the bare name " + Json.quote(global.title()) + " as a value");
      case Node.StorageClass(StorageType type) ->
          throw fault("holds the bare class " + type.className() + " as a value");
      case Node.StorageView(StoredStorage storage, long _, long _) ->
          throw fault(
              "holds storage " + Json.quote(storage.key()) + " outside a tensor; save tensors");
    };
  }

  private Finished container(Node node, int depth) {
    Finished known = finished.get(node);
    if (known != null) {
      return known;
    }
    if (depth == MAX_DEPTH) {
      throw fault("nests containers deeper than " + MAX_DEPTH);
    }
    if (open.put(node, true) != null) {
      throw fault("has a container that contains itself");
    }
    Finished made =
        switch (node) {
          case Node.Entries entries -> dictionary(entries, depth);
          case Node.Items(List<Node> elements, boolean _) -> sequence(elements, depth);
          default -> throw new IllegalStateException("no container: " + node.getClass());
        };
    open.remove(node);
    finished.put(node, made);
    return made;
  }

  private Finished sequence(List<Node> elements, int depth) {
    List<TorchValue> values = new ArrayList<>();
    long meetings = 1;
    for (Node element : elements) {
      Finished value = finish(element, depth + 1);
      meetings = limited(meetings + value.meetings());
      values.add(value.value());
    }
    return new Finished(new TorchValue.Sequence(values), meetings);
  }

  private Finished dictionary(Node.Entries entries, int depth) {
    SequencedMap<TorchValue, TorchValue> values = new LinkedHashMap<>();
    long meetings = 1;
    for (var member : entries.members().entrySet()) {
      Finished value = finish(member.getValue(), depth + 1);
      meetings = limited(meetings + value.meetings());
      values.put(member.getKey(), value.value());
    }
    return new Finished(new TorchValue.Dictionary(values), meetings);
  }

  private long limited(long meetings) {
    if (meetings > MAX_MEETINGS) {
      throw fault("multiplies its containers to more than " + MAX_MEETINGS + " values");
    }
    return meetings;
  }

  private TorchFileException fault(String words) {
    return new TorchFileException(Reason.STRUCTURE, what + " " + words);
  }
}

package org.basisar.nn.io.pytorch;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.basisar.nn.io.Json;
import org.basisar.nn.io.pytorch.Node.Entries;
import org.basisar.nn.io.pytorch.Node.Global;
import org.basisar.nn.io.pytorch.Node.Items;
import org.basisar.nn.io.pytorch.Node.Leaf;
import org.basisar.nn.io.pytorch.Node.Named;
import org.basisar.nn.io.pytorch.Node.StorageClass;
import org.basisar.nn.io.pytorch.TorchFileException.Reason;

/**
 * Python's stack machine with everything left out that tensors and plain containers do not need. It
 * knows four names besides the storage classes and has no way to look up a fifth. Each instruction
 * makes at most one object, and their number is limited.
 */
final class Unpickler {
  private static final int MAX_INSTRUCTIONS = 4_000_000;
  private static final int NEWEST_PROTOCOL = 5;

  private final PickleCursor cursor;
  private final Storages storages;
  private final TensorBuilder tensors;
  private final String what;
  private final List<Node> stack = new ArrayList<>();
  private final List<Integer> marks = new ArrayList<>();
  private final Map<Long, Node> memo = new HashMap<>();

  Unpickler(PickleCursor cursor, Storages storages) {
    this.cursor = cursor;
    this.storages = storages;
    this.what = cursor.what();
    this.tensors = new TensorBuilder(what);
  }

  /** Runs until the pickle says stop; the cursor then stands behind it. */
  TorchValue run() {
    for (int i = 0; i < MAX_INSTRUCTIONS; i++) {
      int instruction = cursor.unsignedByte();
      if (instruction == '.') {
        Node result = pop();
        return new Acyclic(what).value(result);
      }
      step(instruction);
    }
    throw new TorchFileException(
        Reason.LIMIT, what + " has a pickle of more than " + MAX_INSTRUCTIONS + " instructions");
  }

  private void step(int instruction) {
    switch (instruction) {
      case 0x80 -> protocol(cursor.unsignedByte()); // PROTO
      case 0x95 -> cursor.skip(8); // FRAME
      case '(' -> marks.add(stack.size()); // MARK
      case '0' -> popOrUnmark(); // POP
      case '1' -> popToMark(); // POP_MARK
      case '2' -> push(top()); // DUP
      case 'N' -> push(new Leaf(new TorchValue.Nothing())); // NONE
      case 0x88 -> push(new Leaf(new TorchValue.Truth(true))); // NEWTRUE
      case 0x89 -> push(new Leaf(new TorchValue.Truth(false))); // NEWFALSE
      case 'J' -> whole(cursor.signedInt()); // BININT
      case 'K' -> whole(cursor.unsignedByte()); // BININT1
      case 'M' -> whole(cursor.unsignedShort()); // BININT2
      case 0x8a -> // LONG1
          push(new Leaf(new TorchValue.Whole(cursor.whole(cursor.unsignedByte()))));
      case 'G' -> push(new Leaf(new TorchValue.Real(cursor.real()))); // BINFLOAT
      case 'X' -> text(cursor.text(cursor.unsignedInt())); // BINUNICODE
      case 0x8c -> text(cursor.text(cursor.unsignedByte())); // SHORT_BINUNICODE
      case 'T' -> text(cursor.oldText(cursor.unsignedInt())); // BINSTRING
      case 'U' -> text(cursor.oldText(cursor.unsignedByte())); // SHORT_BINSTRING
      case '}' -> push(Entries.of(Entries.Kind.DICT)); // EMPTY_DICT
      case ']' -> push(Items.list()); // EMPTY_LIST
      case ')' -> push(new Items(List.of(), true)); // EMPTY_TUPLE
      case 't' -> push(new Items(popToMark(), true)); // TUPLE
      case 0x85 -> push(new Items(popSome(1), true)); // TUPLE1
      case 0x86 -> push(new Items(popSome(2), true)); // TUPLE2
      case 0x87 -> push(new Items(popSome(3), true)); // TUPLE3
      case 'a' -> append(popSome(1)); // APPEND
      case 'e' -> append(popToMark()); // APPENDS
      case 's' -> put(popSome(2)); // SETITEM
      case 'u' -> put(popToMark()); // SETITEMS
      case 'q' -> memo.put((long) cursor.unsignedByte(), top()); // BINPUT
      case 'r' -> memo.put(cursor.unsignedInt(), top()); // LONG_BINPUT
      case 0x94 -> memo.put((long) memo.size(), top()); // MEMOIZE
      case 'h' -> recall(cursor.unsignedByte()); // BINGET
      case 'j' -> recall(cursor.unsignedInt()); // LONG_BINGET
      case 'c' -> named(cursor.line(), cursor.line()); // GLOBAL
      case 0x93 -> { // STACK_GLOBAL
        List<Node> names = popSome(2);
        named(requireText(names.get(0)), requireText(names.get(1)));
      }
      case 'Q' -> push(storages.resolve(pop())); // BINPERSID
      case 'R' -> call(popSome(2)); // REDUCE
      case 0x81 -> make(popSome(2)); // NEWOBJ
      case 'b' -> build(pop()); // BUILD
      default ->
          throw new TorchFileException(
              Reason.INSTRUCTION,
              what
                  + String.format(
                      " has the pickle instruction 0x%02x at byte %d, which tensors and plain"
                          + " containers do not need; save a plain state dict",
                      instruction, cursor.position() - 1));
    }
  }

  private void protocol(int version) {
    if (version > NEWEST_PROTOCOL) {
      throw pickle("is a pickle of protocol " + version + ", newer than 5");
    }
  }

  private void named(String module, String title) {
    for (Global global : Global.values()) {
      if (global.module().equals(module) && global.title().equals(title)) {
        push(new Named(global));
        return;
      }
    }
    if (module.equals("torch")) {
      var type = StorageType.named(title);
      if (type.isPresent()) {
        push(new StorageClass(type.get()));
        return;
      }
    }
    throw new TorchFileException(
        Reason.FORBIDDEN_CLASS,
        what
            + " asks for "
            + Json.quote(module + "." + title)
            + ", which is no tensor and no plain container; nothing was run, save a plain state"
            + " dict");
  }

  private void call(List<Node> functionAndArguments) {
    if (!(functionAndArguments.get(0) instanceof Named(Global global))
        || !(functionAndArguments.get(1) instanceof Items(List<Node> arguments, boolean _))) {
      throw pickle("calls something that is no function");
    }
    push(
        switch (global) {
          case ORDERED_DICT -> ordered(arguments);
          case NAMESPACE -> empty(global, arguments);
          case REBUILD_TENSOR -> new Leaf(tensors.build(arguments));
          case REBUILD_PARAMETER -> parameter(arguments);
        });
  }

  private void make(List<Node> classAndArguments) {
    if (!(classAndArguments.get(0) instanceof Named(Global global))
        || !(classAndArguments.get(1) instanceof Items(List<Node> arguments, boolean _))) {
      throw pickle("makes an object of something that is no class");
    }
    push(empty(global, arguments));
  }

  private Node empty(Global global, List<Node> arguments) {
    if (!arguments.isEmpty()) {
      throw pickle("makes a " + global.title() + " with " + arguments.size() + " arguments");
    }
    return Entries.of(
        switch (global) {
          case ORDERED_DICT -> Entries.Kind.ORDERED_DICT;
          case NAMESPACE -> Entries.Kind.NAMESPACE;
          case REBUILD_TENSOR, REBUILD_PARAMETER ->
              throw pickle("makes an object of the function " + global.title());
        });
  }

  /** Python 2 gave an OrderedDict its members as a list of pairs. */
  private Node ordered(List<Node> arguments) {
    Entries made = Entries.of(Entries.Kind.ORDERED_DICT);
    if (arguments.isEmpty()) {
      return made;
    }
    if (arguments.size() != 1
        || !(arguments.getFirst() instanceof Items(List<Node> pairs, boolean _))) {
      throw pickle("makes an OrderedDict of something else than pairs");
    }
    for (Node pair : pairs) {
      if (!(pair instanceof Items(List<Node> both, boolean _)) || both.size() != 2) {
        throw pickle("makes an OrderedDict of something else than pairs");
      }
      made.members().put(key(both.get(0)), both.get(1));
    }
    return made;
  }

  /** (tensor, requires_grad, hooks): a parameter is its tensor. */
  private Node parameter(List<Node> arguments) {
    if (arguments.size() != 3
        || !(arguments.getFirst() instanceof Leaf leaf)
        || !(leaf.value() instanceof TorchValue.StridedTensor)) {
      throw pickle("makes a parameter of something that is no tensor");
    }
    return leaf;
  }

  private void build(Node state) {
    if (!(top() instanceof Entries target)
        || !(state instanceof Entries attributes)
        || target.kind() == Entries.Kind.DICT) {
      throw pickle("sets attributes of something that has none");
    }
    // An OrderedDict's only attribute is the list of module versions, which nothing here needs.
    if (target.kind() == Entries.Kind.NAMESPACE) {
      target.members().putAll(attributes.members());
    }
  }

  private void append(List<Node> elements) {
    if (!(top() instanceof Items(List<Node> list, boolean tuple)) || tuple) {
      throw pickle("appends to something that is no list");
    }
    list.addAll(elements);
  }

  private void put(List<Node> keysAndValues) {
    if (!(top() instanceof Entries target) || keysAndValues.size() % 2 != 0) {
      throw pickle("puts a member into something that is no dict");
    }
    for (int i = 0; i < keysAndValues.size(); i += 2) {
      target.members().put(key(keysAndValues.get(i)), keysAndValues.get(i + 1));
    }
  }

  private TorchValue key(Node node) {
    if (node instanceof Leaf(TorchValue value)) {
      switch (value) {
        case TorchValue.Text _, TorchValue.Whole _, TorchValue.Truth _, TorchValue.Nothing _ -> {
          return value;
        }
        case TorchValue.Real _,
            TorchValue.StridedTensor _,
            TorchValue.Sequence _,
            TorchValue.Dictionary _ -> {}
      }
    }
    throw pickle("has a dict whose key is no string and no whole number");
  }

  private String requireText(Node node) {
    if (node instanceof Leaf(TorchValue.Text(String value))) {
      return value;
    }
    throw pickle("names a class by something that is no string");
  }

  private void whole(long value) {
    push(new Leaf(TorchValue.Whole.of(value)));
  }

  private void text(String value) {
    push(new Leaf(new TorchValue.Text(value)));
  }

  private void recall(long index) {
    Node node = memo.get(index);
    if (node == null) {
      throw pickle("recalls object " + index + ", which it never kept");
    }
    push(node);
  }

  private void push(Node node) {
    stack.add(node);
  }

  private int floor() {
    return marks.isEmpty() ? 0 : marks.getLast();
  }

  private Node top() {
    requireDepth(1);
    return stack.getLast();
  }

  private Node pop() {
    requireDepth(1);
    return stack.removeLast();
  }

  private void popOrUnmark() {
    if (!marks.isEmpty() && marks.getLast() == stack.size()) {
      marks.removeLast();
    } else {
      requireDepth(1);
      stack.removeLast();
    }
  }

  private List<Node> popSome(int count) {
    requireDepth(count);
    return popFrom(stack.size() - count);
  }

  private List<Node> popToMark() {
    if (marks.isEmpty()) {
      throw pickle("takes elements up to a mark that it never set");
    }
    return popFrom(marks.removeLast());
  }

  private List<Node> popFrom(int start) {
    List<Node> tail = stack.subList(start, stack.size());
    List<Node> popped = List.copyOf(tail);
    tail.clear();
    return popped;
  }

  private void requireDepth(int count) {
    if (stack.size() - floor() < count) {
      throw pickle("takes more from its stack than it put there");
    }
  }

  private TorchFileException pickle(String words) {
    return new TorchFileException(
        Reason.PICKLE, what + " " + words + " at byte " + cursor.position() + " of its pickle");
  }
}

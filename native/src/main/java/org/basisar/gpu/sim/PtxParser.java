package org.basisar.gpu.sim;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.basisar.gpu.sim.PtxLexer.Token;
import org.jspecify.annotations.Nullable;

/** Parses what nvcc writes, and inline PTX within it. */
final class PtxParser {
  private final List<Token> tokens;
  private int at;
  private final Map<String, PtxFunction> kernels = new LinkedHashMap<>();
  private final Map<String, PtxFunction> functions = new LinkedHashMap<>();
  private final List<PtxVariable> variables = new ArrayList<>();
  private final Map<Integer, String> files = new HashMap<>();

  /** Names declared in the open braces of the body being parsed, innermost first. */
  private final Deque<Map<String, String>> scopes = new ArrayDeque<>();

  private int scopeCount;
  private Set<String> registerNames = Set.of();

  private PtxParser(String text) {
    tokens = PtxLexer.tokens(text);
  }

  /**
   * Parses a text.
   *
   * @throws PtxException naming the line that is not understood
   */
  static PtxModule parse(String text) {
    PtxParser parser = new PtxParser(text);
    parser.module();
    return new PtxModule(parser.kernels, parser.functions, parser.variables, parser.files);
  }

  private String peek() {
    return tokens.get(at).text();
  }

  private String next() {
    if (at == tokens.size() - 1) {
      throw error("the text ends too early");
    }
    return tokens.get(at++).text();
  }

  private boolean accept(String text) {
    if (!peek().equals(text)) {
      return false;
    }
    at++;
    return true;
  }

  private void expect(String text) {
    if (!accept(text)) {
      throw error("expected " + text);
    }
  }

  private PtxException error(String what) {
    return new PtxException("line " + tokens.get(at).line() + ": " + what + " at '" + peek() + "'");
  }

  private int integer() {
    return (int) immediate(next()).bits();
  }

  private void skipLine() {
    int line = tokens.get(at - 1).line();
    while (tokens.get(at).line() == line && at < tokens.size() - 1) {
      at++;
    }
  }

  private void skipBraces() {
    expect("{");
    for (int depth = 1; depth > 0; ) {
      switch (next()) {
        case "{" -> depth++;
        case "}" -> depth--;
        default -> {}
      }
    }
  }

  private void module() {
    while (!peek().isEmpty()) {
      String word = next();
      if (word.startsWith(".file")) {
        file(word);
      } else if (!isPlace(word)) {
        directive(word);
      }
    }
  }

  private static boolean isPlace(String word) {
    return word.startsWith(".loc") && !word.equals(".local");
  }

  private void directive(String word) {
    switch (word) {
      case ".version", ".target", ".address_size" -> skipLine();
      case ".visible", ".weak", ".extern", ".common" -> {}
      case ".entry" -> {
        PtxFunction kernel = function(true);
        kernels.put(kernel.name(), kernel);
      }
      case ".func" -> {
        PtxFunction function = function(false);
        functions.put(function.name(), function);
      }
      case ".global", ".const", ".shared" -> variables.addAll(declare(word));
      case ".section" -> {
        next();
        skipBraces();
      }
      case ".pragma" -> skipTo(";");
      default -> {
        at--;
        throw error("unknown directive");
      }
    }
  }

  private void skipTo(String text) {
    String word = next();
    while (!word.equals(text)) {
      word = next();
    }
  }

  private void file(String word) {
    String[] parts = word.split("\\s+", 3);
    String name = parts[2].replaceAll("^\"|\".*$", "");
    files.put(Integer.parseInt(parts[1]), name.substring(name.lastIndexOf('/') + 1));
  }

  private List<PtxVariable> declare(String space) {
    List<PtxVariable> declared = new ArrayList<>();
    int alignment = 0;
    if (accept(".align")) {
      alignment = integer();
    }
    String type = next();
    int element = PtxTypes.bytes(type);
    do {
      String name = next();
      long count = 1;
      boolean dynamic = false;
      while (accept("[")) {
        if (accept("]")) {
          dynamic = true;
        } else {
          count *= integer();
          expect("]");
        }
      }
      byte @Nullable [] initial = null;
      if (accept("=")) {
        initial = initial(element, (int) count);
      }
      int bytes = dynamic ? 0 : Math.toIntExact(element * count);
      declared.add(
          new PtxVariable(name, space, Math.max(alignment, element), bytes, dynamic, initial));
    } while (accept(","));
    expect(";");
    return declared;
  }

  private byte[] initial(int element, int count) {
    ByteBuffer bytes = ByteBuffer.allocate(element * count).order(ByteOrder.LITTLE_ENDIAN);
    int depth = 0;
    do {
      while (accept("{")) {
        depth++;
      }
      if (!Character.isDigit(peek().charAt(peek().startsWith("-") ? 1 : 0))) {
        throw error("an initial value that is not a number is not supported");
      }
      long bits = immediate(next()).bits();
      for (int i = 0; i < element; i++) {
        bytes.put((byte) (bits >> (8 * i)));
      }
      while (depth > 0 && accept("}")) {
        depth--;
      }
    } while (accept(","));
    return bytes.array();
  }

  private PtxFunction function(boolean kernel) {
    List<PtxFunction.Parameter> results = new ArrayList<>();
    if (!kernel && peek().equals("(")) {
      parameters(results);
    }
    PtxFunction function = new PtxFunction(next());
    results.forEach(result -> function.results().add(result.name()));
    if (peek().equals("(")) {
      parameters(function.parameters());
    }
    while (!peek().equals("{") && !peek().equals(";")) {
      String directive = next();
      if (directive.equals(".maxntid") || directive.equals(".reqntid")) {
        int threads = 1;
        do {
          threads *= integer();
        } while (accept(","));
        function.limitThreads(threads);
      }
    }
    if (accept(";")) {
      return function;
    }
    body(function);
    return function;
  }

  private void parameters(List<PtxFunction.Parameter> into) {
    expect("(");
    int end = 0;
    while (!accept(")")) {
      accept(",");
      String kind = next();
      if (!kind.equals(".param")) {
        at--;
        throw error("only .param parameters are supported");
      }
      int alignment = accept(".align") ? integer() : 0;
      String type = next();
      while (peek().startsWith(".")) {
        if (next().equals(".align")) {
          next();
        }
      }
      String name = next();
      int bytes = PtxTypes.bytes(type);
      alignment = Math.max(alignment, bytes);
      if (accept("[")) {
        bytes *= integer();
        expect("]");
      }
      int offset = Math.ceilDiv(end, alignment) * alignment;
      into.add(new PtxFunction.Parameter(name, type, offset, bytes));
      end = offset + bytes;
    }
  }

  private void body(PtxFunction function) {
    expect("{");
    registerNames = function.registers().keySet();
    scopes.clear();
    scopes.push(new HashMap<>());
    String location = null;
    while (!scopes.isEmpty()) {
      String word = peek();
      if (accept("{")) {
        scopes.push(new HashMap<>());
        scopeCount++;
      } else if (accept("}")) {
        scopes.pop();
      } else if (isPlace(word)) {
        at++;
        location = word;
      } else if (accept(".reg")) {
        registers(function);
      } else if (word.equals(".shared") || word.equals(".local") || word.equals(".param")) {
        at++;
        for (PtxVariable variable : declare(word)) {
          function.variables().add(scoped(variable));
        }
      } else if (accept(".pragma")) {
        skipTo(";");
      } else if (tokens.get(Math.min(at + 1, tokens.size() - 1)).text().equals(":")) {
        if (function.labels().put(word, function.code().size()) != null) {
          throw error("the label is there twice");
        }
        at += 2;
      } else if (word.startsWith(".")) {
        throw error("unknown directive in a body");
      } else if (!accept(";")) {
        function.code().add(instruction(location));
      }
    }
  }

  private PtxVariable scoped(PtxVariable variable) {
    return new PtxVariable(
        declareName(variable.name()),
        variable.space(),
        variable.alignment(),
        variable.bytes(),
        variable.dynamic(),
        variable.initial());
  }

  /** Makes a name known in the innermost scope, under another name if it is an inner one. */
  private String declareName(String name) {
    String unique = scopes.size() == 1 ? name : name + "$" + scopeCount;
    scopes.element().put(name, unique);
    return unique;
  }

  private String resolve(String name) {
    for (Map<String, String> scope : scopes) {
      String unique = scope.get(name);
      if (unique != null) {
        return unique;
      }
    }
    return name;
  }

  private void registers(PtxFunction function) {
    String type = next();
    if (type.equals(".v2") || type.equals(".v4")) {
      throw error("vector registers are not supported");
    }
    do {
      String name = next();
      if (accept("<")) {
        int count = integer();
        expect(">");
        for (int i = 0; i < count; i++) {
          function.registers().put(declareName(name + i), type);
        }
      } else {
        function.registers().put(declareName(name), type);
      }
    } while (accept(","));
    expect(";");
  }

  private PtxInstruction instruction(@Nullable String location) {
    int line = tokens.get(at).line();
    String guard = null;
    boolean negated = false;
    if (accept("@")) {
      negated = accept("!");
      guard = resolve(next());
    }
    String opcode = next();
    List<PtxOperand> operands = new ArrayList<>();
    while (!accept(";")) {
      operands.add(operand());
      accept(",");
    }
    return new PtxInstruction(opcode, guard, negated, operands, line, location);
  }

  private PtxOperand operand() {
    PtxOperand operand = simpleOperand();
    return accept("|") ? new PtxOperand.Pair(operand, operand()) : operand;
  }

  private PtxOperand simpleOperand() {
    if (accept("{")) {
      return new PtxOperand.Vector(list("}"));
    }
    if (accept("(")) {
      return new PtxOperand.Vector(list(")"));
    }
    if (accept("[")) {
      PtxOperand base = operand();
      long offset = 0;
      if (!peek().equals("]")) {
        accept("+");
        offset = immediate(next()).bits();
      }
      expect("]");
      return new PtxOperand.Address(base, offset);
    }
    if (accept("!")) {
      return new PtxOperand.Negated(operand());
    }
    String word = next();
    char first = word.charAt(0);
    if (first == '-' || Character.isDigit(first)) {
      return immediate(word);
    }
    String name = resolve(word);
    // Registers have names with a percent sign by custom only: inline PTX declares others.
    boolean register = first == '%' || word.equals("_") || registerNames.contains(name);
    return register ? new PtxOperand.Register(name) : new PtxOperand.Symbol(name);
  }

  private List<PtxOperand> list(String end) {
    List<PtxOperand> items = new ArrayList<>();
    while (!accept(end)) {
      items.add(operand());
      accept(",");
    }
    return items;
  }

  private PtxOperand.Immediate immediate(String word) {
    boolean negative = word.startsWith("-");
    String digits = negative ? word.substring(1) : word;
    if (digits.endsWith("U")) {
      digits = digits.substring(0, digits.length() - 1);
    }
    String prefix = digits.length() > 2 ? digits.substring(0, 2).toLowerCase(Locale.ROOT) : "";
    try {
      long bits =
          switch (prefix) {
            case "0f", "0d", "0x" -> Long.parseUnsignedLong(digits.substring(2), 16);
            default -> Long.parseUnsignedLong(digits);
          };
      return new PtxOperand.Immediate(negative ? -bits : bits);
    } catch (NumberFormatException _) {
      at--;
      throw error("not a number");
    }
  }
}

package org.basisar.gpu;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The parameters of a kernel as its PTX declares them, e.g. {@code u64, u64, u32, f32}.
 *
 * @param types PTX types in order, without the dot
 */
public record PtxSignature(List<String> types) {
  private static final Pattern ENTRY =
      Pattern.compile("\\.entry\\s+([A-Za-z_$][\\w$]*)\\s*\\(([^)]*)\\)");
  private static final Pattern PARAMETER =
      Pattern.compile("\\.param\\s+(?:\\.align\\s+\\d+\\s+)?\\.(\\w+)\\s+([^,\\s]+)");

  /** Copies the list. */
  public PtxSignature {
    types = List.copyOf(types);
  }

  /** The kernels of a PTX text by name, in the text's order. */
  public static Map<String, PtxSignature> ofModule(String ptx) {
    Map<String, PtxSignature> found = new LinkedHashMap<>();
    Matcher entry = ENTRY.matcher(ptx);
    while (entry.find()) {
      List<String> types = new ArrayList<>();
      Matcher parameter = PARAMETER.matcher(entry.group(2));
      while (parameter.find()) {
        String suffix = parameter.group(2).contains("[") ? "[]" : "";
        types.add(parameter.group(1) + suffix);
      }
      found.put(entry.group(1), new PtxSignature(types));
    }
    return found;
  }

  /** Number of parameters. */
  public int size() {
    return types.size();
  }

  /**
   * Compares arguments with the declaration.
   *
   * @throws IllegalArgumentException naming the first that does not fit
   */
  public void check(String kernel, Parameters.Kind... kinds) {
    if (kinds.length != types.size()) {
      throw new IllegalArgumentException(
          kernel + " declares " + types.size() + " parameters, not " + kinds.length);
    }
    for (int i = 0; i < kinds.length; i++) {
      if (!fits(kinds[i], types.get(i))) {
        throw new IllegalArgumentException(
            kernel + ": parameter " + i + " is ." + types.get(i) + " in the PTX, not " + kinds[i]);
      }
    }
  }

  private static boolean fits(Parameters.Kind kind, String type) {
    return switch (kind) {
      case POINTER, INT64 -> type.equals("u64") || type.equals("s64") || type.equals("b64");
      case INT32 -> type.equals("u32") || type.equals("s32") || type.equals("b32");
      case FLOAT32 -> type.equals("f32");
      case FLOAT64 -> type.equals("f64");
    };
  }
}

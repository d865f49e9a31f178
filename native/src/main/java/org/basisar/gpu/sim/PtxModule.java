package org.basisar.gpu.sim;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A parsed PTX text.
 *
 * @param kernels by name, in the text's order
 * @param functions that kernels call
 * @param variables of the whole module
 * @param files names of the source files by number
 */
record PtxModule(
    Map<String, PtxFunction> kernels,
    Map<String, PtxFunction> functions,
    List<PtxVariable> variables,
    Map<Integer, String> files) {
  private static final Pattern PLACE = Pattern.compile("^\\.loc\\s+(\\d+)\\s+(\\d+)");
  private static final Pattern CALLER = Pattern.compile("inlined_at\\s+(\\d+)\\s+(\\d+)");

  PtxModule {
    kernels = new LinkedHashMap<>(kernels);
  }

  /**
   * Where in the CUDA source a {@code .loc} directive points, e.g. {@code reduce.cuh:17 inlined at
   * norm.cu:9}; empty without one.
   */
  String source(@Nullable String location) {
    if (location == null) {
      return "";
    }
    String place = place(PLACE.matcher(location));
    String caller = place(CALLER.matcher(location));
    return caller.isEmpty() ? place : place + " inlined at " + caller;
  }

  private String place(Matcher matcher) {
    if (!matcher.find()) {
      return "";
    }
    String file = files.get(Integer.parseInt(matcher.group(1)));
    return (file == null ? "source " + matcher.group(1) : file) + ":" + matcher.group(2);
  }
}

package org.basisar.gpu.sim;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A kernel, or a function that kernels call, as parsed. */
final class PtxFunction {
  /** A kernel's parameter, at a byte offset in the block of parameters. */
  record Parameter(String name, String type, int offset, int bytes) {}

  private final String name;
  private final List<Parameter> parameters = new ArrayList<>();
  private final List<String> results = new ArrayList<>();
  private final Map<String, String> registers = new HashMap<>();
  private final List<PtxVariable> variables = new ArrayList<>();
  private final List<PtxInstruction> code = new ArrayList<>();
  private final Map<String, Integer> labels = new HashMap<>();
  private int mostThreads = 1024;

  PtxFunction(String name) {
    this.name = name;
  }

  String name() {
    return name;
  }

  /** Parameters in order. */
  List<Parameter> parameters() {
    return parameters;
  }

  /** Names of what a function returns; empty for a kernel. */
  List<String> results() {
    return results;
  }

  /** Type of each register by name. */
  Map<String, String> registers() {
    return registers;
  }

  /** Variables declared inside. */
  List<PtxVariable> variables() {
    return variables;
  }

  List<PtxInstruction> code() {
    return code;
  }

  /** Index of the instruction behind each label. */
  Map<String, Integer> labels() {
    return labels;
  }

  /** Most threads a block may have, as declared. */
  int mostThreads() {
    return mostThreads;
  }

  void limitThreads(int threads) {
    mostThreads = threads;
  }

  int parameterBytes() {
    return parameters.isEmpty() ? 0 : parameters.getLast().offset() + parameters.getLast().bytes();
  }
}

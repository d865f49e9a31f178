package org.basisar.gpu.sim;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.basisar.gpu.GpuKernel;
import org.basisar.gpu.GpuStream;
import org.basisar.gpu.Grid;
import org.basisar.gpu.Parameters;

/** Runs a few PTX instructions on many operands at once, each set in a lane of its own. */
final class OneInstruction {
  private static final String[] NAMES = {"%a", "%b", "%c", "%e"};

  private OneInstruction() {}

  /** Operands of a type, as raw bits, one for each lane. */
  static final class Values {
    private final String type;
    private final long[] bits;

    Values(String type, long... bits) {
      this.type = type;
      this.bits = bits;
    }

    String type() {
      return type;
    }

    long[] bits() {
      return bits;
    }
  }

  /**
   * Runs instructions that turn {@code %a}, {@code %b}, {@code %c}, {@code %e} into {@code %d};
   * {@code %p} is a predicate, {@code %s} and {@code %t} are 32-bit registers for their use.
   *
   * @param type of the result, {@code b16}, {@code b32}, {@code b64} or {@code pred}
   * @return raw bits, zero-extended
   */
  static long[] run(String text, String type, Values... operands) {
    int count = operands[0].bits().length;
    try (SimulatedGpu gpu = SimulatedGpu.create()) {
      GpuStream stream = gpu.newStream();
      GpuKernel kernel = gpu.load("one.ptx", module(text, type, count, operands)).kernel("one");
      int lanes = Math.ceilDiv(count, 32) * 32;
      long[] in = new long[operands.length * lanes];
      for (int i = 0; i < operands.length; i++) {
        for (int j = 0; j < lanes; j++) {
          in[i * lanes + j] = operands[i].bits()[j % count];
        }
      }
      long source = gpu.allocate(8L * in.length);
      long target = gpu.allocate(8L * lanes);
      stream.copyToDevice(source, MemorySegment.ofArray(in), 8L * in.length);
      stream.fill(target, (byte) 0, 8L * lanes);
      Parameters parameters = new Parameters(kernel).pointer(source).pointer(target);
      stream.launch(kernel, Grid.linear(lanes / 32, 32), parameters);
      long[] out = new long[lanes];
      stream.copyToHost(MemorySegment.ofArray(out), target, 8L * lanes);
      return Arrays.copyOf(out, count);
    }
  }

  private static String module(String text, String type, int count, Values... operands) {
    StringBuilder ptx = new StringBuilder();
    ptx.append(".version 7.1\n.target sm_80\n.address_size 64\n");
    ptx.append(".visible .entry one(.param .u64 in, .param .u64 out)\n{\n");
    ptx.append(".reg .b64 %in, %out, %lane;\n.reg .b32 %block, %s, %t;\n.reg .pred %p, %q;\n");
    ptx.append(register("%d", type));
    for (int i = 0; i < operands.length; i++) {
      ptx.append(register(NAMES[i], operands[i].type()));
    }
    ptx.append("ld.param.u64 %in, [in];\nld.param.u64 %out, [out];\n");
    ptx.append("mov.u32 %block, %ctaid.x;\nmov.u32 %s, %tid.x;\n");
    ptx.append("mad.lo.u32 %s, %block, 32, %s;\nmul.wide.u32 %lane, %s, 8;\n");
    ptx.append("add.u64 %in, %in, %lane;\nadd.u64 %out, %out, %lane;\n");
    int lanes = Math.ceilDiv(count, 32) * 32;
    for (int i = 0; i < operands.length; i++) {
      String place = "[%in+" + 8 * lanes * i + "];\n";
      if (operands[i].type().equals("pred")) {
        ptx.append("ld.global.u32 %s, ").append(place);
        ptx.append("setp.ne.u32 ").append(NAMES[i]).append(", %s, 0;\n");
      } else {
        ptx.append("ld.global.").append(operands[i].type()).append(" ");
        ptx.append(NAMES[i]).append(", ").append(place);
      }
    }
    ptx.append(text).append("\n");
    if (type.equals("pred")) {
      ptx.append("selp.u32 %s, 1, 0, %d;\nst.global.u32 [%out], %s;\n");
    } else {
      ptx.append("st.global.").append(type).append(" [%out], %d;\n");
    }
    return ptx.append("ret;\n}\n").toString();
  }

  private static String register(String name, String type) {
    return ".reg ." + type + " " + name + ";\n";
  }
}

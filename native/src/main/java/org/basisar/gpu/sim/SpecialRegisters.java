package org.basisar.gpu.sim;

import java.util.Set;

/** Values of the special registers. */
final class SpecialRegisters {
  /** Those that are simulated; clocks are not, since nothing here tells the device's time. */
  static final Set<String> NAMES =
      Set.of(
          "%tid.x",
          "%tid.y",
          "%tid.z",
          "%ntid.x",
          "%ntid.y",
          "%ntid.z",
          "%ctaid.x",
          "%ctaid.y",
          "%ctaid.z",
          "%nctaid.x",
          "%nctaid.y",
          "%nctaid.z",
          "%laneid",
          "%warpid",
          "%nwarpid",
          "%smid",
          "%nsmid",
          "%lanemask_eq",
          "%lanemask_le",
          "%lanemask_lt",
          "%lanemask_ge",
          "%lanemask_gt",
          "%dynamic_smem_size",
          "%total_smem_size");

  private SpecialRegisters() {}

  static int value(String name, Block block, int thread) {
    int lane = thread % Program.LANES;
    int axis = name.charAt(name.length() - 1) - 'x';
    return switch (name) {
      case "%tid.x" -> thread % block.threads(0);
      case "%tid.y" -> thread / block.threads(0) % block.threads(1);
      case "%tid.z" -> thread / block.threads(0) / block.threads(1);
      case "%ntid.x", "%ntid.y", "%ntid.z" -> block.threads(axis);
      case "%ctaid.x", "%ctaid.y", "%ctaid.z" -> block.index(axis);
      case "%nctaid.x", "%nctaid.y", "%nctaid.z" -> block.blocks(axis);
      case "%laneid" -> lane;
      case "%warpid" -> thread / Program.LANES;
      case "%nwarpid" -> block.warps().length;
      case "%smid" -> 0;
      case "%nsmid" -> SimulatedGpu.MULTIPROCESSORS;
      case "%lanemask_eq" -> 1 << lane;
      case "%lanemask_le" -> (2 << lane) - 1;
      case "%lanemask_lt" -> (1 << lane) - 1;
      case "%lanemask_ge" -> -(1 << lane);
      case "%lanemask_gt" -> -(1 << lane) << 1;
      case "%dynamic_smem_size" -> block.dynamicSharedBytes();
      case "%total_smem_size" -> block.shared().data.length;
      default -> throw new PtxException("special register " + name);
    };
  }
}

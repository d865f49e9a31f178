package org.basisar.gpu.jcuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import jcuda.Pointer;
import jcuda.driver.CUjit_option;
import jcuda.driver.JCudaDriver;
import org.basisar.gpu.ElementType;
import org.basisar.gpu.GpuException;
import org.basisar.gpu.Grid;

/**
 * What JCuda's driver API lacks, called by {@link java.lang.foreign}, and loading with the
 * compiler's log. Symbols are those whose form is written down here, whatever name a newer header
 * gives them. Offsets and numbers are those of {@code cuda.h} of CUDA 13.0.
 */
final class DriverExtras {
  /** Room for what the compiler has to say. */
  private static final int LOG_BYTES = 16 * 1024;

  private static final int POOL_RELEASE_THRESHOLD = 4;
  private static final int GRAPH_UPDATE_FAILURE = 910;
  private static final int GRAPH_UPDATE_RESULT_BYTES = 24;

  private static final int CONFIG_BYTES = 56;
  private static final int ATTRIBUTE_BYTES = 72;
  private static final int ATTRIBUTE_CLUSTER = 4;
  private static final int ATTRIBUTE_PROGRAMMATIC_SERIALIZATION = 6;

  private static final int TENSOR_MAP_BYTES = 128;
  private static final int TENSOR_MAP_L2_128 = 2;

  private final ForeignLibrary driver;
  private long pool;

  DriverExtras(ForeignLibrary driver) {
    this.driver = driver;
  }

  private void check(String function, int status) {
    if (status != 0) {
      throw NativeStatus.DRIVER.failure(function, status);
    }
  }

  /**
   * Tells the device's default pool never to give freed memory back by itself; left alone it does
   * so at every synchronisation.
   */
  void keepFreedMemory(int ordinal) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment device = arena.allocate(JAVA_INT);
      check("cuDeviceGet", driver.call("cuDeviceGet", device, ordinal));
      MemorySegment handle = arena.allocate(JAVA_LONG);
      check(
          "cuDeviceGetDefaultMemPool",
          driver.call("cuDeviceGetDefaultMemPool", handle, device.get(JAVA_INT, 0)));
      pool = handle.get(JAVA_LONG, 0);
      MemorySegment threshold = arena.allocate(JAVA_LONG);
      threshold.set(JAVA_LONG, 0, -1L);
      check(
          "cuMemPoolSetAttribute",
          driver.call("cuMemPoolSetAttribute", pool, POOL_RELEASE_THRESHOLD, threshold));
    }
  }

  /** Gives the default pool's unused memory back to the device. */
  void trimPool() {
    check("cuMemPoolTrimTo", driver.call("cuMemPoolTrimTo", pool, 0L));
  }

  /**
   * Compiles PTX.
   *
   * @throws GpuException with the compiler's log
   */
  Handles.Module loadModule(String name, String ptx) {
    Handles.Module module = new Handles.Module();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment log = arena.allocate(LOG_BYTES);
      MemorySegment errors = arena.allocate(LOG_BYTES);
      int[] options = {
        CUjit_option.CU_JIT_INFO_LOG_BUFFER,
        CUjit_option.CU_JIT_INFO_LOG_BUFFER_SIZE_BYTES,
        CUjit_option.CU_JIT_ERROR_LOG_BUFFER,
        CUjit_option.CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES
      };
      // Sizes travel as pointers.
      MemorySegment values = arena.allocate(JAVA_LONG, options.length);
      values.setAtIndex(JAVA_LONG, 0, log.address());
      values.setAtIndex(JAVA_LONG, 1, LOG_BYTES);
      values.setAtIndex(JAVA_LONG, 2, errors.address());
      values.setAtIndex(JAVA_LONG, 3, LOG_BYTES);
      Pointer image = HostAddress.of(arena.allocateFrom(ptx));
      int status =
          NativeStatus.DRIVER.attempt(() ->
              JCudaDriver.cuModuleLoadDataEx(
                  module, image, options.length, options, HostAddress.of(values)));
      if (status != 0) {
        GpuException failure = NativeStatus.DRIVER.failure("loading " + name, status);
        String said = (errors.getString(0) + log.getString(0)).strip();
        throw said.isEmpty()
            ? failure
            : new GpuException(failure.getMessage() + "; the compiler said: " + said, status);
      }
    }
    return module;
  }

  /** {@code cuLaunchKernelEx}. */
  void launch(
      long function,
      String name,
      Grid grid,
      MemorySegment parameters,
      long stream,
      int clusterX,
      boolean overlapsPrevious) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment attributes = arena.allocate(2 * ATTRIBUTE_BYTES, 8);
      int count = 0;
      if (clusterX > 1) {
        MemorySegment cluster = attributes.asSlice(0, ATTRIBUTE_BYTES);
        cluster.set(JAVA_INT, 0, ATTRIBUTE_CLUSTER);
        cluster.set(JAVA_INT, 8, clusterX);
        cluster.set(JAVA_INT, 12, 1);
        cluster.set(JAVA_INT, 16, 1);
        count++;
      }
      if (overlapsPrevious) {
        MemorySegment overlap = attributes.asSlice((long) count * ATTRIBUTE_BYTES, ATTRIBUTE_BYTES);
        overlap.set(JAVA_INT, 0, ATTRIBUTE_PROGRAMMATIC_SERIALIZATION);
        overlap.set(JAVA_INT, 8, 1);
        count++;
      }
      MemorySegment config = arena.allocate(CONFIG_BYTES, 8);
      List<Integer> head =
          List.of(
              grid.blocksX(),
              grid.blocksY(),
              grid.blocksZ(),
              grid.threadsX(),
              grid.threadsY(),
              grid.threadsZ(),
              grid.sharedBytes());
      for (int i = 0; i < head.size(); i++) {
        config.setAtIndex(JAVA_INT, i, head.get(i));
      }
      config.set(JAVA_LONG, 32, stream);
      config.set(ADDRESS, 40, attributes);
      config.set(JAVA_INT, 48, count);
      check(
          "the launch of " + name,
          driver.call("cuLaunchKernelEx", config, function, parameters, MemorySegment.NULL));
    }
  }

  /**
   * {@code cuGraphExecUpdate} in the form with a result structure.
   *
   * @return whether the executable graph has taken over the other's arguments
   */
  boolean updateGraph(long executable, long graph) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment result = arena.allocate(GRAPH_UPDATE_RESULT_BYTES, 8);
      int status = driver.call("cuGraphExecUpdate_v2", executable, graph, result);
      if (status != GRAPH_UPDATE_FAILURE) {
        check("cuGraphExecUpdate", status);
      }
      return status == 0;
    }
  }

  /** {@code cuTensorMapEncodeTiled}; see {@link TensorMap}. */
  MemorySegment encode(TensorMap map, Arena owner) {
    int rank = map.sizes().size();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment sizes = arena.allocate(JAVA_LONG, rank);
      MemorySegment strides = arena.allocate(JAVA_LONG, rank);
      MemorySegment box = arena.allocate(JAVA_INT, rank);
      MemorySegment steps = arena.allocate(JAVA_INT, rank);
      for (int i = 0; i < rank; i++) {
        sizes.setAtIndex(JAVA_LONG, i, map.sizes().get(i));
        if (i > 0) {
          strides.setAtIndex(JAVA_LONG, i - 1, map.strides().get(i - 1));
        }
        box.setAtIndex(JAVA_INT, i, map.box().get(i));
        steps.setAtIndex(JAVA_INT, i, 1);
      }
      MemorySegment encoded = owner.allocate(TENSOR_MAP_BYTES, TENSOR_MAP_BYTES);
      check(
          "cuTensorMapEncodeTiled",
          driver.call(
              "cuTensorMapEncodeTiled",
              encoded,
              number(map.type()),
              rank,
              map.address(),
              sizes,
              strides,
              box,
              steps,
              0, // no interleaving
              map.swizzle().number(),
              TENSOR_MAP_L2_128,
              0)); // zeros outside
      return encoded;
    }
  }

  private static int number(ElementType type) {
    return switch (type) {
      case U8 -> 0;
      case I32 -> 3;
      case F32 -> 7;
      case F64 -> 8;
      case BF16 -> 9;
    };
  }
}

package org.basisar.gpu.sim;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A block of simulated memory. Every byte has a state; where threads can meet, every granule
 * remembers who wrote, read and atomically updated it last, as a stamp (see {@link Watch}).
 */
final class Memory {
  static final VarHandle SHORTS =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** Never written. */
  static final byte UNWRITTEN = 0;

  /** Written. */
  static final byte READY = 1;

  /** Target of a cp.async that nobody waited for yet. */
  static final byte IN_FLIGHT = 2;

  /** Between variables. */
  static final byte GAP = 3;

  /** Four bytes of {@link #READY}. */
  static final int FOUR_READY = 0x01010101;

  final String name;
  final byte[] data;
  final byte[] state;

  /** Whether several threads can reach it. */
  final boolean shared;

  /** Logarithm of the bytes a granule spans; falls to that of the smallest access seen. */
  int granule = 2;

  long[] writers = {};
  long[] readers = {};

  /** Empty until there is an atomic update. */
  long[] updaters = {};

  Memory(String name, int bytes, boolean shared) {
    this.name = name;
    this.data = new byte[bytes];
    this.state = new byte[bytes];
    this.shared = shared;
  }

  /** Makes place for stamps, fine enough for accesses of so many bytes. */
  void watch(int accessBytes) {
    if (1 << granule > accessBytes || writers.length == 0) {
      refine(accessBytes);
    }
  }

  private void refine(int accessBytes) {
    if (writers.length == 0) {
      int granules = (data.length >> granule) + 1;
      writers = new long[granules];
      readers = new long[granules];
    }
    while (1 << granule > accessBytes) {
      writers = split(writers);
      readers = split(readers);
      updaters = split(updaters);
      granule--;
    }
  }

  long[] updaters() {
    if (updaters.length == 0) {
      updaters = new long[writers.length];
    }
    return updaters;
  }

  private static long[] split(long[] stamps) {
    long[] finer = new long[2 * stamps.length];
    for (int i = 0; i < stamps.length; i++) {
      finer[2 * i] = stamps[i];
      finer[2 * i + 1] = stamps[i];
    }
    return finer;
  }

  /** Forgets who was where. */
  void forget() {
    Arrays.fill(writers, 0);
    Arrays.fill(readers, 0);
    updaters = new long[0];
  }

  /** Whether bytes of a range are neither written nor never written. */
  boolean hasMarks(int from, int bytes) {
    for (int i = from; i < from + bytes; i++) {
      if (state[i] > READY) {
        return true;
      }
    }
    return false;
  }

  /** Index of the first byte of a range that is not {@link #READY}; -1 if all are. */
  int firstNotReady(int from, int bytes) {
    int end = from + bytes;
    int i = from;
    for (; i + 8 <= end; i += 8) {
      if ((long) LONGS.get(state, i) != 0x0101010101010101L) {
        break;
      }
    }
    for (; i < end; i++) {
      if (state[i] != READY) {
        return i;
      }
    }
    return -1;
  }
}

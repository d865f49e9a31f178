package org.basisar.gpu.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.basisar.gpu.sim.OneInstruction.Values;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Loads, stores, copies and atomic updates; the instructions run with 32 lanes. */
final class MemoryInstructionsTest {
  private static final Values WORDS = Operands.random("b32", 32, 1);
  private static final Values WIDES = Operands.random("b64", 32, 2);

  private static final String TILE =
      "{ .shared .align 16 .b8 tile[1024]; .reg .b32 %at, %u, %v; .reg .b64 %g, %h;"
          + " .reg .b16 %n, %m; ";

  private static long word(int lane) {
    return WORDS.bits()[lane];
  }

  @ParameterizedTest
  @CsvSource({
    "s8, b32",
    "u8, b32",
    "s16, b32",
    "u16, b32",
    "b32, b32",
    "s32, b64",
    "u32, b64",
    "b64, b64",
    "s8, b16",
    "s8, b64"
  })
  void loadsExtend(String type, String register) {
    String store = TILE + "shl.b32 %at, %s, 3; st.shared.b64 [%at], %a;";

    long[] result =
        OneInstruction.run(store + " ld.shared." + type + " %d, [%at]; }", register, WIDES);

    long mask = register.equals("b16") ? 0xffff : register.equals("b32") ? 0xffffffffL : -1;
    for (int l = 0; l < 32; l++) {
      long x = WIDES.bits()[l];
      long expected =
          switch (type) {
            case "s8" -> (byte) x;
            case "u8" -> x & 0xff;
            case "s16" -> (short) x;
            case "u16" -> x & 0xffff;
            case "s32" -> x << 32 >> 32;
            case "u32", "b32" -> x & 0xffffffffL;
            default -> x;
          };
      assertThat(result[l]).isEqualTo(expected & mask);
    }
  }

  @Test
  void vectorsMoveTogether() {
    String text =
        TILE
            + "shl.b32 %at, %s, 4; not.b32 %u, %a; st.shared.v4.b32 [%at], {%a, %u, %u, %a};"
            + " mov.b32 %v, 0; ld.shared.v2.b64 {%g, %h}, [%at];"
            + " st.shared.v2.b64 [%at], {%h, %g};"
            + " ld.shared.v4.u32 {%u, %v, %at, %d}, [%at]; sub.u32 %d, %v, %d; }";

    long[] result = OneInstruction.run(text, "b32", WORDS);

    for (int l = 0; l < 32; l++) {
      assertThat(result[l]).isEqualTo((word(l) - ~word(l)) & 0xffffffffL);
    }
  }

  @Test
  void smallVectorsToo() {
    String text =
        TILE
            + "shl.b32 %at, %s, 2; st.shared.b32 [%at], %a; ld.shared.v2.u16 {%n, %m}, [%at];"
            + " st.shared.v2.b16 [%at], {%m, %n}; ld.shared.b32 %d, [%at]; }";

    long[] result = OneInstruction.run(text, "b32", WORDS);

    for (int l = 0; l < 32; l++) {
      assertThat(result[l])
          .isEqualTo(Integer.toUnsignedLong(Integer.rotateLeft((int) word(l), 16)));
    }
  }

  @Test
  void addressesTellTheirSpace() {
    String shared = TILE + "mov.u64 %g, tile; cvta.shared.u64 %h, %g; isspacep.shared %d, %h; }";
    String global = TILE + "isspacep.global %d, %in; }";
    String not = TILE + "mov.u64 %g, tile; cvta.shared.u64 %h, %g; isspacep.local %d, %h; }";
    String local =
        "{ .local .align 8 .b8 stack[16]; .reg .b64 %g; mov.u64 %g, stack;"
            + " cvta.local.u64 %g, %g; isspacep.local %d, %g; }";

    assertThat(OneInstruction.run(shared, "pred", WORDS)).containsOnly(1);
    assertThat(OneInstruction.run(global, "pred", WORDS)).containsOnly(1);
    assertThat(OneInstruction.run(not, "pred", WORDS)).containsOnly(0);
    assertThat(OneInstruction.run(local, "pred", WORDS)).containsOnly(1);
  }

  @ParameterizedTest
  @CsvSource({"4, 4", "8, 5", "16, 16", "16, 7", "16, 0"})
  void copiesFillUpWithZeros(int bytes, int given) {
    // Lanes lie 8 bytes apart in global memory, so 16 bytes want every second one.
    String text =
        TILE
            + "shl.b32 %at, %s, 4; and.b64 %g, %in, -16;"
            + " mov.b64 %h, -1; st.shared.v2.b64 [%at], {%h, %h};"
            + " cp.async.ca.shared.global [%at], [%g], "
            + bytes
            + ", "
            + given
            + "; cp.async.commit_group; cp.async.wait_group 0; ld.shared.v2.b64 {%d, %h}, [%at]; }";

    long[] result = OneInstruction.run(text, "b64", WIDES);

    for (int l = 0; l < 32; l++) {
      long source = WIDES.bits()[l & ~1];
      long kept = given >= 8 ? source : given == 0 ? 0 : source & ((1L << (8 * given)) - 1);
      long expected = bytes == 4 ? kept | 0xffffffff00000000L : kept;
      assertThat(result[l]).isEqualTo(expected);
    }
  }

  @Test
  void copiesInFlightMayNotBeRead() {
    String text =
        TILE
            + "shl.b32 %at, %s, 4; and.b64 %g, %in, -16;"
            + " cp.async.cg.shared.global [%at], [%g], 16; cp.async.commit_group;"
            + " cp.async.wait_group 1; ld.shared.b64 %d, [%at]; }";

    assertThatThrownBy(() -> OneInstruction.run(text, "b64", WIDES))
        .isInstanceOf(KernelFaultException.class)
        .hasMessageContaining("while a cp.async to it is in flight");
  }

  @ParameterizedTest
  @CsvSource({
    "add.u32",
    "min.s32",
    "max.s32",
    "min.u32",
    "max.u32",
    "and.b32",
    "or.b32",
    "xor.b32",
    "exch.b32"
  })
  void updatesAreAtomic(String operation) {
    String begin = TILE + "mov.u32 %v, 0x55; @%q st.shared.b32 [tile], %v; bar.sync 0;";
    String text =
        begin.replace("@%q", "setp.eq.u32 %q, %s, 0; @%q")
            + " atom.shared."
            + operation
            + " %u, [tile], %a; bar.sync 0; ld.shared.b32 %d, [tile]; }";

    long[] result = OneInstruction.run(text, "b32", WORDS);

    int expected = 0x55;
    for (int l = 0; l < 32; l++) {
      int x = (int) word(l);
      expected =
          switch (operation) {
            case "add.u32" -> expected + x;
            case "min.s32" -> Math.min(expected, x);
            case "max.s32" -> Math.max(expected, x);
            case "min.u32" -> Integer.compareUnsigned(x, expected) < 0 ? x : expected;
            case "max.u32" -> Integer.compareUnsigned(x, expected) > 0 ? x : expected;
            case "and.b32" -> expected & x;
            case "or.b32" -> expected | x;
            case "xor.b32" -> expected ^ x;
            default -> x;
          };
    }
    assertThat(result).containsOnly(Integer.toUnsignedLong(expected));
  }

  @Test
  void compareAndSwapSwapsOnce() {
    String text =
        TILE
            + "setp.eq.u32 %q, %s, 0; mov.u32 %v, 7; @%q st.shared.b32 [tile], %v; bar.sync 0;"
            + " add.u32 %at, %s, 100; atom.shared.cas.b32 %d, [tile], 7, %at; }";

    long[] result = OneInstruction.run(text, "b32", WORDS);

    assertThat(result[0]).isEqualTo(7);
    for (int l = 1; l < 32; l++) {
      assertThat(result[l]).isEqualTo(100);
    }
  }

  @Test
  void barriersCountVotes() {
    String text = "setp.lt.u32 %q, %s, 11; bar.red.popc.u32 %d, 0, %q;";

    assertThat(OneInstruction.run(text, "b32", WORDS)).containsOnly(11);
  }

  @ParameterizedTest
  @CsvSource({"false", "true"})
  void matricesAreLoadedByRows(boolean transposed) {
    // Row r of eight rows of eight halves holds 8 r + column.
    String fill =
        TILE
            + "shl.b32 %at, %s, 2; shl.b32 %u, %s, 1; add.u32 %v, %u, 1; shl.b32 %v, %v, 16;"
            + " or.b32 %u, %u, %v; st.shared.b32 [%at], %u; bar.warp.sync -1;"
            + " and.b32 %at, %s, 7; shl.b32 %at, %at, 4;";
    String load =
        " ldmatrix.sync.aligned.m8n8.x1"
            + (transposed ? ".trans" : "")
            + ".shared.b16 {%d}, [%at]; }";

    long[] result = OneInstruction.run(fill + load, "b32", WORDS);

    for (int l = 0; l < 32; l++) {
      int row = l / 4;
      int column = l % 4 * 2;
      long low = transposed ? column * 8 + row : row * 8 + column;
      long high = transposed ? (column + 1) * 8 + row : row * 8 + column + 1;
      assertThat(result[l]).isEqualTo(high << 16 | low);
    }
  }

  @Test
  void wrongWidthsOfVectorsFailOnLoading() {
    assertThatThrownBy(() -> OneInstruction.run("ld.global.v4.b32 {%d, %s}, [%in];", "b32", WORDS))
        .hasMessageContaining("moves 4 elements, not 2");
    assertThatThrownBy(() -> OneInstruction.run("bar.sync 1, 16;", "b32", WORDS))
        .hasMessageContaining("not supported");
  }
}

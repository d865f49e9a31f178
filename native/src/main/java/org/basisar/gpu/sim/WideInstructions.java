package org.basisar.gpu.sim;

import static org.basisar.gpu.sim.Lanes.eachWide;
import static org.basisar.gpu.sim.Lanes.narrowing;
import static org.basisar.gpu.sim.Lanes.wide;
import static org.basisar.gpu.sim.Lanes.wideByWord;
import static org.basisar.gpu.sim.Lanes.widening;
import static org.basisar.gpu.sim.Program.LANES;
import static org.basisar.gpu.sim.WordInstructions.unsigned;

import java.util.Map;
import org.basisar.gpu.sim.Lanes.Recipe;
import org.basisar.gpu.sim.Step.Effect;

/** Arithmetic and logic on integers of 64 bits, and those on 32 with a result of 64. */
final class WideInstructions {
  private WideInstructions() {}

  static void register(Map<String, Recipe> table) {
    arithmetic(table);
    bits(table);
  }

  private static void arithmetic(Map<String, Recipe> table) {
    put(
        table,
        wide((d, a, b) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = a[l] + b[l];
          }
        }),
        "add.s64",
        "add.u64");
    put(
        table,
        wide((d, a, b) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = a[l] - b[l];
          }
        }),
        "sub.s64",
        "sub.u64");
    put(
        table,
        wide((d, a, b) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = a[l] * b[l];
          }
        }),
        "mul.lo.s64",
        "mul.lo.u64");
    put(
        table,
        wide((d, a, b, c) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = a[l] * b[l] + c[l];
          }
        }),
        "mad.lo.s64",
        "mad.lo.u64");
    table.put("mul.hi.s64", eachWide(Math::multiplyHigh));
    table.put("mul.hi.u64", eachWide(Math::unsignedMultiplyHigh));
    table.put("div.s64", eachWide((a, b) -> b == 0 ? -1 : a / b));
    table.put("div.u64", eachWide((a, b) -> b == 0 ? -1 : Long.divideUnsigned(a, b)));
    table.put("rem.s64", eachWide((a, b) -> b == 0 ? a : a % b));
    table.put("rem.u64", eachWide((a, b) -> b == 0 ? a : Long.remainderUnsigned(a, b)));
    table.put(
        "min.s64",
        wide((d, a, b) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = Math.min(a[l], b[l]);
          }
        }));
    table.put(
        "max.s64",
        wide((d, a, b) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = Math.max(a[l], b[l]);
          }
        }));
    table.put("min.u64", eachWide((a, b) -> Long.compareUnsigned(a, b) < 0 ? a : b));
    table.put("max.u64", eachWide((a, b) -> Long.compareUnsigned(a, b) > 0 ? a : b));
    table.put(
        "neg.s64",
        wide((d, a) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = -a[l];
          }
        }));
    table.put("abs.s64", eachWide(Math::abs));
    table.put(
        "mul.wide.s32",
        widening((d, a, b) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = (long) a[l] * b[l];
          }
        }));
    table.put(
        "mul.wide.u32",
        widening((d, a, b) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = unsigned(a[l]) * unsigned(b[l]);
          }
        }));
    table.put("mad.wide.s32", multiplyAdd(true));
    table.put("mad.wide.u32", multiplyAdd(false));
  }

  private static void bits(Map<String, Recipe> table) {
    table.put(
        "and.b64",
        wide((d, a, b) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = a[l] & b[l];
          }
        }));
    table.put(
        "or.b64",
        wide((d, a, b) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = a[l] | b[l];
          }
        }));
    table.put(
        "xor.b64",
        wide((d, a, b) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = a[l] ^ b[l];
          }
        }));
    table.put(
        "not.b64",
        wide((d, a) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = ~a[l];
          }
        }));
    table.put(
        "shl.b64",
        wideByWord((d, a, b) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = Integer.compareUnsigned(b[l], 63) > 0 ? 0 : a[l] << b[l];
          }
        }));
    table.put(
        "shr.s64",
        wideByWord((d, a, b) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = a[l] >> (Integer.compareUnsigned(b[l], 63) > 0 ? 63 : b[l]);
          }
        }));
    put(
        table,
        wideByWord((d, a, b) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = Integer.compareUnsigned(b[l], 63) > 0 ? 0 : a[l] >>> b[l];
          }
        }),
        "shr.u64",
        "shr.b64");
    table.put("brev.b64", eachWide(Long::reverse));
    table.put("cnot.b64", eachWide(a -> a == 0 ? 1 : 0));
    table.put(
        "popc.b64",
        narrowing((d, a) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = Long.bitCount(a[l]);
          }
        }));
    table.put(
        "clz.b64",
        narrowing((d, a) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = Long.numberOfLeadingZeros(a[l]);
          }
        }));
    table.put("bfi.b32", WideInstructions::insertWord);
    table.put("bfi.b64", WideInstructions::insertWide);
    table.put("bfe.u64", bitField(false));
    table.put("bfe.s64", bitField(true));
  }

  private static void put(Map<String, Recipe> table, Recipe recipe, String... names) {
    for (String name : names) {
      table.put(name, recipe);
    }
  }

  private static Recipe multiplyAdd(boolean signed) {
    return binding -> {
      int d = binding.wide(0);
      int a = binding.word(1);
      int b = binding.word(2);
      int c = binding.wide(3);
      return (w, mask) -> {
        int[] x = w.words[a];
        int[] y = w.words[b];
        long[] z = w.wides[c];
        long[] sum = w.wideScratch;
        for (int l = 0; l < LANES; l++) {
          sum[l] = (signed ? (long) x[l] * y[l] : unsigned(x[l]) * unsigned(y[l])) + z[l];
        }
        Lanes.copyOrAll(w.wides[d], sum, mask);
      };
    };
  }

  private static Effect insertWord(Binding binding) {
    int d = binding.word(0);
    int a = binding.word(1);
    int b = binding.word(2);
    int position = binding.word(3);
    int length = binding.word(4);
    return (w, mask) -> {
      int[][] r = w.words;
      for (int l = 0; l < LANES; l++) {
        w.wordScratch[l] =
            (int)
                WordInstructions.insert(
                    unsigned(r[a][l]), unsigned(r[b][l]), r[position][l], r[length][l]);
      }
      Lanes.copyOrAll(r[d], w.wordScratch, mask);
    };
  }

  private static Effect insertWide(Binding binding) {
    int d = binding.wide(0);
    int a = binding.wide(1);
    int b = binding.wide(2);
    int position = binding.word(3);
    int length = binding.word(4);
    return (w, mask) -> {
      long[][] r = w.wides;
      for (int l = 0; l < LANES; l++) {
        w.wideScratch[l] =
            WordInstructions.insert(r[a][l], r[b][l], w.words[position][l], w.words[length][l]);
      }
      Lanes.copyOrAll(r[d], w.wideScratch, mask);
    };
  }

  private static Recipe bitField(boolean signed) {
    return binding -> {
      int d = binding.wide(0);
      int a = binding.wide(1);
      int position = binding.word(2);
      int length = binding.word(3);
      return (w, mask) -> {
        for (int l = 0; l < LANES; l++) {
          w.wideScratch[l] =
              WordInstructions.extract(
                  w.wides[a][l], w.words[position][l], w.words[length][l], 64, signed);
        }
        Lanes.copyOrAll(w.wides[d], w.wideScratch, mask);
      };
    };
  }
}

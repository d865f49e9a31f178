package org.basisar.nn.io.pytorch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.basisar.nn.io.Mutation;
import org.basisar.nn.io.StoredTensor;
import org.basisar.nn.io.TensorFile;
import org.basisar.nn.io.pytorch.HostileCorpus.Hostile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TorchFileHostileTest {
  static Stream<Hostile> corpus() {
    return HostileCorpus.all().stream();
  }

  @ParameterizedTest
  @MethodSource("corpus")
  void isRefusedInOneSentence(Hostile hostile) {
    assertThatThrownBy(() -> TorchFile.over(hostile.bytes(), "the file"))
        .isInstanceOfSatisfying(
            TorchFileException.class,
            e -> {
              if (hostile.reason() != null) {
                assertThat(e.reason()).as(e.getMessage()).isEqualTo(hostile.reason());
              }
              assertThat(e.getMessage()).startsWith("the file ").hasSizeLessThan(500);
              assertThat(e).message().doesNotContainPattern("[\\x00-\\x1f]");
            });
  }

  @Test
  void theCorpusIsLarge() {
    List<Hostile> all = HostileCorpus.all();
    assertThat(all).hasSizeGreaterThan(400);
    assertThat(all.stream().map(Hostile::title).distinct()).hasSize(all.size());
  }

  @Test
  void whatTheCorpusDamagesIsFineUndamaged() {
    byte[] legacy = HostileCorpus.legacyFile(HostileCorpus.goodPickle(), 4, new byte[16]);
    byte[] packed =
        new ZipBytes()
            .deflated("a/data.pkl", HostileCorpus.goodPickle())
            .deflated("a/data/0", new byte[16])
            .bytes();
    for (byte[] file : new byte[][] {HostileCorpus.goodZip(), legacy, packed}) {
      try (TorchFile torch = TorchFile.over(file, "good")) {
        float[] values = {1, 1, 1, 1};
        torch.tensors().readFloats("w", values, 0);
        assertThat(values).containsOnly(0);
      }
    }
  }

  @Test
  void aDamagedStorageIsNoticedWhenItIsRead() {
    byte[] file = HostileCorpus.plain(HostileCorpus.goodPickle()).central32(1, 16, 99);
    try (TorchFile torch = TorchFile.over(file, "the file")) {
      TensorFile tensors = torch.tensors();
      assertThatThrownBy(() -> tensors.readFloats("w", new float[4], 0))
          .isInstanceOfSatisfying(
              TorchFileException.class,
              e -> assertThat(e.reason()).isEqualTo(TorchFileException.Reason.CHECKSUM));
    }
  }

  @Test
  void twoTensorsOfOneDottedNameAreRefused() {
    byte[] pickle =
        PickleBytes.start()
            .ops("}(")
            .text("a.b")
            .tensor(4, 0, new long[] {1}, new long[] {1})
            .text("a")
            .ops("}")
            .text("b")
            .tensor(4, 0, new long[] {1}, new long[] {1})
            .ops("su")
            .stop();
    try (TorchFile torch = TorchFile.over(HostileCorpus.zip(pickle), "the file")) {
      assertThatThrownBy(torch::tensors).hasMessageContaining("a.b");
    }
  }

  @Test
  void sharedContainersCannotMultiplyLongNames() {
    PickleBytes pickle = PickleBytes.start().ops("}").text("w");
    pickle.tensor(4, 0, new long[] {1}, new long[] {1}).ops("s");
    for (int i = 0; i < 12; i++) {
      pickle.op(0x94).ops("0}(").text("a".repeat(10_000)).ops("h").op(i);
      pickle.text("b".repeat(10_000)).ops("h").op(i).ops("u");
    }
    try (TorchFile torch = TorchFile.over(HostileCorpus.zip(pickle.stop()), "the file")) {
      assertThatThrownBy(torch::tensors)
          .isInstanceOfSatisfying(
              TorchFileException.class,
              e -> assertThat(e.reason()).isEqualTo(TorchFileException.Reason.LIMIT));
    }
  }

  @Test
  void manyKeysOfOneHashAreFoundQuickly() {
    PickleBytes pickle = PickleBytes.start().ops("}(");
    for (int i = 0; i < 1 << 15; i++) {
      StringBuilder key = new StringBuilder();
      for (int bit = 0; bit < 15; bit++) {
        key.append(((i >> bit) & 1) == 0 ? "Aa" : "BB");
      }
      pickle.text(key.toString()).ops("N");
    }
    byte[] file = HostileCorpus.zip(pickle.ops("u").stop());
    try (TorchFile torch = TorchFile.over(file, "the file")) {
      assertThat(((TorchValue.Dictionary) torch.root()).members()).hasSize(1 << 15);
    }
  }

  @Test
  void damageNeverDoesMoreThanBeRefused() {
    Random random = new Random(20260101);
    List<byte[]> originals =
        List.of(
            KnownFiles.bytes(KnownFiles.ZIP),
            KnownFiles.bytes(KnownFiles.LEGACY),
            KnownFiles.bytes(KnownFiles.DEFLATED),
            HostileCorpus.goodZip());
    int read = 0;
    for (int i = 0; i < 4000; i++) {
      byte[] damaged = Mutation.of(originals.get(i % originals.size()), random);
      read += readAll(damaged) ? 1 : 0;
    }
    // Neither all nor none: the loop reaches both ends.
    assertThat(read).isBetween(1, 3999);
  }

  @Test
  void randomInstructionsNeverDoMoreThanBeRefused() {
    Random random = new Random(20260102);
    String letters = "(012NJKXU}])taesuqhcQRb.\u0085\u0086\u0087\u0088\u0094\u0081";
    for (int i = 0; i < 4000; i++) {
      PickleBytes pickle = PickleBytes.start();
      for (int n = random.nextInt(60); n > 0; n--) {
        switch (random.nextInt(8)) {
          case 0 -> pickle.text("storage");
          case 1 -> pickle.whole(random.nextInt(5));
          case 2 -> pickle.global("collections", "OrderedDict");
          case 3 -> pickle.tensor(4, random.nextInt(4), new long[] {1}, new long[] {1});
          default ->
              pickle.ops(letters.substring(random.nextInt(letters.length())).substring(0, 1));
        }
      }
      readAll(HostileCorpus.zip(pickle.stop()));
    }
  }

  private static boolean readAll(byte[] file) {
    try (TorchFile torch = TorchFile.over(file, "the file")) {
      TensorFile tensors = torch.tensors();
      for (StoredTensor entry : tensors.entries()) {
        if (entry.shape().size() > file.length) {
          fail("a tensor larger than the file: %s", entry);
        }
        switch (entry.type()) {
          case F32, F16, BF16 ->
              tensors.readFloats(entry.name(), new float[entry.shape().size()], 0);
          case F64 -> tensors.readDoubles(entry.name(), new double[entry.shape().size()], 0);
          case I64, I32, U8 -> tensors.readInts(entry.name(), new int[entry.shape().size()], 0);
          default -> {}
        }
      }
      return true;
    } catch (TorchFileException e) {
      assertThat(e.getMessage()).startsWith("the file ");
      return false;
    }
  }
}

package org.basisar.gpu.jcuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ElfRenameTest {

  private static byte[] nativeOf(JcudaNatives.Family family) throws IOException {
    try (InputStream stream =
        ElfRenameTest.class.getResourceAsStream("/lib/" + family.fileName())) {
      assertThat(stream).as(family.fileName()).isNotNull();
      return stream.readAllBytes();
    }
  }

  private static List<Integer> differences(byte[] before, byte[] after) {
    assertThat(after).hasSameSizeAs(before);
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < before.length; i++) {
      if (before[i] != after[i]) {
        places.add(i);
      }
    }
    return places;
  }

  private static int indexOf(byte[] image, String text) {
    return new String(image, StandardCharsets.ISO_8859_1).indexOf(text);
  }

  @Test
  void twoBytesOfCublasChange() throws IOException {
    byte[] before = nativeOf(JcudaNatives.Family.CUBLAS);
    byte[] untouched = before.clone();

    byte[] after = ElfRename.rename(before, JcudaNatives.Family.CUBLAS.renames(13));

    assertThat(before).isEqualTo(untouched);
    int name = indexOf(before, "libcublas.so.12");
    List<Integer> places = differences(before, after);
    assertThat(places).hasSize(2).contains(name + "libcublas.so.1".length());
    assertThat(after[name + 14]).isEqualTo((byte) '3');
    // The other is the low byte of the version node's hash, of which the old one was there.
    int hash = places.stream().filter(at -> at != name + 14).findFirst().orElseThrow();
    assertThat(int32(before, hash)).isEqualTo(ElfRename.hash("libcublas.so.12"));
    assertThat(int32(after, hash)).isEqualTo(ElfRename.hash("libcublas.so.13"));
  }

  private static int int32(byte[] image, int at) {
    return ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN).getInt(at);
  }

  @Test
  void bothNamesOfCusolverChangeAndNothingElse() throws IOException {
    byte[] before = nativeOf(JcudaNatives.Family.CUSOLVER);

    byte[] after = ElfRename.rename(before, JcudaNatives.Family.CUSOLVER.renames(13));

    assertThat(differences(before, after)).hasSize(4);
    assertThat(indexOf(after, "libcusolver.so.12")).isEqualTo(indexOf(before, "libcusolver.so.11"));
    assertThat(indexOf(after, "libcusolverMg.so.12"))
        .isEqualTo(indexOf(before, "libcusolverMg.so.11"));
    Map<String, String> back =
        Map.of(
            "libcusolver.so.12", "libcusolver.so.11",
            "libcusolverMg.so.12", "libcusolverMg.so.11");
    assertThat(ElfRename.rename(after, back)).isEqualTo(before);
  }

  @Test
  void onlyWhatDiffersBetweenVersionsIsRenamed() {
    for (JcudaNatives.Family family : JcudaNatives.Family.values()) {
      assertThat(family.renames(12)).isEmpty();
    }
    assertThat(JcudaNatives.Family.DRIVER.renames(13)).isEmpty();
    assertThat(JcudaNatives.Family.CUDNN.renames(13)).isEmpty();
    assertThat(JcudaNatives.edited(13)).containsExactly("JCublas2", "JCusolver");
    assertThat(JcudaNatives.edited(12)).isEmpty();
  }

  @Test
  void aNameTheFileDoesNotAskForIsRefused() throws IOException {
    byte[] image = nativeOf(JcudaNatives.Family.CUDNN);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ElfRename.rename(image, Map.of("libcublas.so.12", "libcublas.so.13")))
        .withMessageContaining("libcublas.so.12");
  }

  @Test
  void namesOfDifferentLengthsAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ElfRename.rename(new byte[64], Map.of("a.so.9", "a.so.10")))
        .withMessageContaining("differ in length");
  }

  @Test
  void otherFilesAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ElfRename.rename(new byte[0], Map.of()))
        .withMessageContaining("ELF64");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ElfRename.rename(new byte[1023], Map.of()))
        .withMessageContaining("ELF64");
  }

  @Test
  void theHashIsThatOfTheAbi() {
    // The value of "printf" is in many descriptions of the format.
    assertThat(ElfRename.hash("printf")).isEqualTo(0x077905a6);
    assertThat(ElfRename.hash("")).isZero();
    assertThat(ElfRename.hash("GLIBC_2.2.5")).isEqualTo(0x09691a75);
  }
}

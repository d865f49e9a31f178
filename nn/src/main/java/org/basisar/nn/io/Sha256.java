package org.basisar.nn.io;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.Consumer;

/** SHA-256 sums, by which files and weights are told apart. */
public final class Sha256 {
  private Sha256() {}

  /**
   * The sum of what is fed to the digest, in 64 hexadecimal digits.
   *
   * @param content feeds it
   */
  public static String of(Consumer<MessageDigest> content) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      content.accept(digest);
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}

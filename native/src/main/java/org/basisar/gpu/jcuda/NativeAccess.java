package org.basisar.gpu.jcuda;

/** Whether the JVM was allowed to call native code, asked before anything does. */
public final class NativeAccess {
  /** The first restricted call grants the permission with a warning, so this must come before. */
  private static final boolean GRANTED = NativeAccess.class.getModule().isNativeAccessEnabled();

  private NativeAccess() {}

  /** Granted by {@code --enable-native-access=ALL-UNNAMED} or the started jar's manifest. */
  public static boolean granted() {
    return GRANTED;
  }
}

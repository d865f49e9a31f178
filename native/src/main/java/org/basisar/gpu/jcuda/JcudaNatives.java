package org.basisar.gpu.jcuda;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.basisar.gpu.GpuException;

/**
 * Loads JCuda's native halves. JCuda itself would unpack them to a file of a fixed name in the
 * common temporary folder, and load whatever it finds there under that name; here they go to a
 * folder of their own that nobody else can write to, are edited where the machine has CUDA 13, and
 * are removed as soon as they are mapped.
 */
final class JcudaNatives {
  private static final String VERSION = "12.6.0";

  /** A native half: JCuda's name of it, and the libraries it asks for. */
  enum Family {
    DRIVER("JCudaDriver"),
    CUBLAS("JCublas2", CudaLibrary.CUBLAS),
    CUSOLVER("JCusolver", CudaLibrary.CUSOLVER, CudaLibrary.CUSOLVER_MG),
    CUDNN("JCudnn", CudaLibrary.CUDNN);

    private final String title;

    @SuppressWarnings("ImmutableEnumChecker") // List.of
    private final List<CudaLibrary> needs;

    Family(String title, CudaLibrary... needs) {
      this.title = title;
      this.needs = List.of(needs);
    }

    /** JCuda's name, e.g. {@code JCublas2}. */
    String title() {
      return title;
    }

    List<CudaLibrary> needs() {
      return needs;
    }

    String fileName() {
      return "lib" + title + "-" + VERSION + "-linux-x86_64.so";
    }

    /** The names to change for this CUDA version: those built against CUDA 12 that differ. */
    Map<String, String> renames(int cudaMajor) {
      Map<String, String> names = new LinkedHashMap<>();
      for (CudaLibrary library : needs) {
        if (!library.soname(12).equals(library.soname(cudaMajor))) {
          names.put(library.soname(12), library.soname(cudaMajor));
        }
      }
      return names;
    }
  }

  /** How each attempt ended: empty for loaded, otherwise why not. */
  private static final Map<Family, String> OUTCOMES = new EnumMap<>(Family.class);

  private JcudaNatives() {}

  /** The natives that have to be edited for this CUDA version, for reports. */
  static List<String> edited(int cudaMajor) {
    List<String> names = new ArrayList<>();
    for (Family family : Family.values()) {
      if (cudaMajor != 0 && !family.renames(cudaMajor).isEmpty()) {
        names.add(family.title());
      }
    }
    return names;
  }

  /**
   * Loads one, unless that is done.
   *
   * @param cudaMajor version of the libraries that are loaded
   * @param initialize makes JCuda load it
   * @throws GpuException if it cannot be loaded, now or in an earlier attempt
   */
  static synchronized void load(Family family, int cudaMajor, Runnable initialize) {
    String outcome = OUTCOMES.get(family);
    if (outcome == null) {
      outcome = attempt(family, cudaMajor, initialize);
      OUTCOMES.put(family, outcome);
    }
    if (!outcome.isEmpty()) {
      throw new GpuException(outcome, 0);
    }
  }

  private static String attempt(Family family, int cudaMajor, Runnable initialize) {
    String platform = System.getProperty("os.name") + " " + System.getProperty("os.arch");
    if (!platform.toLowerCase(Locale.ROOT).equals("linux amd64")) {
      return "the natives of JCuda are for Linux on x86-64, not for "
          + platform
          + "; use --device cpu";
    }
    String common = System.getProperty("java.io.tmpdir");
    try {
      Path folder = Files.createTempDirectory("bar-jcuda-");
      Path file = folder.resolve(family.fileName());
      try {
        Files.write(file, image(family, cudaMajor));
        // JCuda reads the property whenever it loads, and takes a file that is already there.
        System.setProperty("java.io.tmpdir", folder.toString());
        initialize.run();
      } finally {
        System.setProperty("java.io.tmpdir", common);
        Files.deleteIfExists(file);
        Files.delete(folder);
      }
    } catch (IOException e) {
      return family.fileName()
          + " cannot be unpacked to "
          + common
          + " ("
          + e
          + "); free some space there or set"
          + " -Djava.io.tmpdir";
    } catch (LinkageError e) {
      return family.title()
          + " cannot be loaded ("
          + lastLine(e)
          + "); run bar doctor to see which libraries were found, and unset LD_BIND_NOW if it is set";
    }
    return "";
  }

  private static byte[] image(Family family, int cudaMajor) throws IOException {
    String resource = "/lib/" + family.fileName();
    try (InputStream stream = JcudaNatives.class.getResourceAsStream(resource)) {
      if (stream == null) {
        throw new IOException(resource + " is not on the class path");
      }
      byte[] image = stream.readAllBytes();
      Map<String, String> renames = family.renames(cudaMajor);
      return renames.isEmpty() ? image : ElfRename.rename(image, renames);
    }
  }

  /** JCuda's message is a page with stack traces; what the loader said stands in its last lines. */
  private static String lastLine(LinkageError error) {
    String message = String.valueOf(error.getMessage());
    return message
        .lines()
        .filter(line -> line.contains(".so"))
        .reduce((_, last) -> last)
        .orElse(message.lines().findFirst().orElse(message))
        .strip();
  }
}

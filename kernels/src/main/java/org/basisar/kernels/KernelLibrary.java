package org.basisar.kernels;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.basisar.gpu.ElementType;
import org.basisar.gpu.Gpu;
import org.basisar.gpu.GpuKernel;
import org.basisar.gpu.GpuModule;

/** The kernels of this package, loaded on one device when first asked for. */
public final class KernelLibrary implements AutoCloseable {
  private final Gpu gpu;
  private final Map<String, GpuModule> modules = new TreeMap<>();
  private final Map<String, GpuKernel> kernels = new TreeMap<>();
  private final Set<String> used = Collections.synchronizedSet(new TreeSet<>());

  /** A library for this device; loads nothing yet. */
  public KernelLibrary(Gpu gpu) {
    this.gpu = gpu;
  }

  /** The device. */
  public Gpu gpu() {
    return gpu;
  }

  /**
   * A kernel.
   *
   * @param module family and stem, e.g. {@code elementwise/binary}
   * @param name C name, e.g. {@code add_f32}
   */
  public synchronized GpuKernel kernel(String module, String name) {
    String key = module + ":" + name;
    GpuKernel known = kernels.get(key);
    if (known != null) {
      return known;
    }
    GpuModule loaded = modules.get(module);
    if (loaded == null) {
      loaded = gpu.load(module + ".ptx", ptx(module));
      modules.put(module, loaded);
    }
    GpuKernel kernel = loaded.kernel(name);
    kernels.put(key, kernel);
    used.add(key);
    return kernel;
  }

  /**
   * The kernels asked for so far, as {@code module:name}; tests compare them with all there are.
   */
  public Set<String> used() {
    synchronized (used) {
      return Set.copyOf(used);
    }
  }

  /** Every module that is shipped, e.g. {@code elementwise/binary}. */
  public static List<String> modules() {
    return resource("modules.txt").lines().toList();
  }

  /** The PTX text of a module. */
  public static String ptx(String module) {
    return resource(module + ".ptx");
  }

  private static String resource(String name) {
    try (InputStream in = KernelLibrary.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalArgumentException("there is no device code " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read device code " + name, e);
    }
  }

  /** Suffix of the kernels for an element type: {@code _f32}, {@code _bf16}. */
  public static String suffix(ElementType type) {
    return switch (type) {
      case F32 -> "_f32";
      case BF16 -> "_bf16";
      case F64 -> "_f64";
      case I32 -> "_i32";
      case U8 -> "_u8";
    };
  }

  /** Unloads all modules. */
  @Override
  public synchronized void close() {
    modules.values().forEach(GpuModule::close);
    modules.clear();
    kernels.clear();
  }
}

package org.basisar.bar.cli;

import java.nio.file.Path;
import java.util.Locale;
import org.basisar.gpu.jcuda.SearchPlace;
import org.basisar.tensor.Device;
import org.basisar.tensor.cpu.Workers;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Where and with how many threads to compute; shared by every command that computes. */
final class EngineOptions {
  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      defaultValue = "auto",
      description = "cpu, sim, cuda[:n] or auto (default: ${DEFAULT-VALUE})")
  private String device = "auto";

  @Option(
      names = "--cuda-python",
      paramLabel = "DIR",
      description = "a Python environment with NVIDIA's packages, to take the CUDA libraries from")
  private @Nullable Path cudaPython;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "threads of the CPU backend (default: the processor's cores)")
  private int threads;

  /** Makes known where the CUDA libraries are. */
  void nameLibraries() {
    if (cudaPython != null) {
      System.setProperty(SearchPlace.PYTHON_PROPERTY, cudaPython.toString());
    }
  }

  /**
   * Applies the choices.
   *
   * @throws org.basisar.gpu.GpuException if the chosen GPU cannot be used
   */
  void apply() {
    String name = device.toLowerCase(Locale.ROOT);
    if (!name.matches("cpu|sim|auto|cuda(:[0-9]{1,4})?")) {
      throw new ParameterException(
          spec.commandLine(),
          "--device " + device + " is unknown; use cpu, sim, cuda, cuda:n or auto");
    }
    nameLibraries();
    Device.use(Device.named(name));
    if (spec.commandLine().getParseResult().hasMatchedOption("--threads")) {
      if (threads < 1 || threads > 1024) {
        throw new ParameterException(
            spec.commandLine(), "--threads must be 1 to 1024, is " + threads);
      }
      Workers.configure(threads);
    }
  }
}

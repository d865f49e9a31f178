package org.basisar.bar.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.basisar.gpu.DriverProbe;
import org.basisar.gpu.DriverReport;
import org.basisar.tensor.cpu.Workers;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code bar doctor}. */
@Command(
    name = "doctor",
    description = "Tells what this machine offers and checks that the engine computes right on it.",
    mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  @Mixin private final EngineOptions engine = new EngineOptions();

  @Override
  public Integer call() {
    engine.apply();
    PrintWriter out = spec.commandLine().getOut();
    Runtime runtime = Runtime.getRuntime();
    line(out, "Java", Runtime.version() + ", " + System.getProperty("java.vm.name"));
    line(
        out,
        "machine",
        System.getProperty("os.name")
            + " "
            + System.getProperty("os.arch")
            + ", "
            + runtime.availableProcessors()
            + " processors, heap up to "
            + String.format(Locale.ROOT, "%.1f GiB", runtime.maxMemory() / (double) (1 << 30)));
    line(out, "threads", Integer.toString(Workers.threads()));
    DriverReport driver = DriverProbe.probe();
    line(out, "CUDA driver", driver.detail());
    for (String device : driver.devices()) {
      line(out, "GPU", device);
    }
    return 0;
  }

  private static void line(PrintWriter out, String name, String value) {
    out.printf("%-12s %s%n", name, value);
    out.flush();
  }
}

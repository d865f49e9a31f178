package org.basisar.bar.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.basisar.gpu.jcuda.CudaGpus;
import org.basisar.gpu.jcuda.CudaReport;
import org.basisar.gpu.jcuda.GpuChecks;
import org.basisar.tensor.DType;
import org.basisar.tensor.Device;
import org.basisar.tensor.check.SelfTest;
import org.basisar.tensor.cpu.Workers;
import picocli.CommandLine;
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
    engine.nameLibraries();
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
    for (CudaReport.Line found : CudaGpus.report().lines()) {
      line(out, found.name(), found.value());
    }
    // Only now, so that a GPU that cannot be opened ends the command with all of that printed.
    engine.apply();
    line(out, "threads", Integer.toString(Workers.threads()));
    line(out, "kernels", Device.current().describe());
    boolean works = tryGpu(out);
    return selfTest(out) && works ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
  }

  /** What the engine needs of a GPU, from the plainest to the most special, if one was chosen. */
  private static boolean tryGpu(PrintWriter out) {
    String device = Device.current().name();
    if (!device.startsWith("cuda:")) {
      return true;
    }
    boolean works = true;
    for (GpuChecks.Check check : CudaGpus.check(Integer.parseInt(device.substring(5)))) {
      line(out, check.passed() ? "ok" : "FAILED", check.name() + ": " + check.detail());
      works &= check.passed();
    }
    return works;
  }

  /** Every operation in fp32 against fp64 on the same operands; {@code bar selftest} tells more. */
  private static boolean selfTest(PrintWriter out) {
    AtomicInteger cases = new AtomicInteger();
    boolean passed =
        SelfTest.run(
            Device.current(),
            List.of(DType.F32),
            tested -> {
              cases.addAndGet(tested.cases());
              tested.failures().forEach(failure -> line(out, "FAILED", failure));
            });
    line(
        out,
        "self-test",
        cases
            + " operation cases on "
            + Device.current()
            + (passed ? " agree with fp64" : ", not all of which agree with fp64"));
    return passed;
  }

  private static void line(PrintWriter out, String name, String value) {
    out.printf("%-13s %s%n", name, value);
    out.flush();
  }
}

package org.basisar.bar.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.basisar.tensor.DType;
import org.basisar.tensor.Device;
import org.basisar.tensor.check.SelfTest;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code bar selftest}. */
@Command(
    name = "selftest",
    description =
        "Checks every operation on a device, and so every kernel of a GPU, against the fp64"
            + " reference, one line each; exits with 1 if any differs by more than its rounding"
            + " allows.",
    mixinStandardHelpOptions = true)
final class SelftestCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  @Mixin private final EngineOptions engine = new EngineOptions();

  @Override
  public Integer call() {
    engine.apply();
    PrintWriter out = spec.commandLine().getOut();
    Device device = Device.current();
    long begin = System.nanoTime();
    boolean passed = SelfTest.run(device, List.of(DType.F32, DType.BF16), line -> print(out, line));
    out.printf(
        Locale.ROOT,
        "%s on %s in %.1f s%n",
        passed ? "every operation agrees with fp64" : "FAILED",
        device,
        (System.nanoTime() - begin) / 1e9);
    return passed ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
  }

  private static void print(PrintWriter out, SelfTest.Line line) {
    out.printf(
        Locale.ROOT,
        "%-6s %-26s %-5s %3d cases, largest error %.2f of the allowed%n",
        line.failures().isEmpty() ? "ok" : "FAILED",
        line.operation(),
        line.dtype().name().toLowerCase(Locale.ROOT),
        line.cases(),
        line.worst());
    line.failures().forEach(failure -> out.println("       " + failure));
    out.flush();
  }
}

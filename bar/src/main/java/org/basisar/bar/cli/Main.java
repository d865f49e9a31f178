package org.basisar.bar.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.Arrays;
import org.basisar.bar.data.DataException;
import org.basisar.bar.metrics.MetricsException;
import org.basisar.bar.train.DivergedException;
import org.basisar.bar.train.RunException;
import org.basisar.gpu.GpuException;
import org.basisar.gpu.StandardError;
import org.basisar.nn.WeightsException;
import org.basisar.nn.io.CheckpointException;
import org.basisar.nn.io.IoReason;
import org.basisar.nn.io.SafeTensorsException;
import org.basisar.nn.io.numpy.NumpyException;
import org.basisar.nn.io.pytorch.TorchFileException;
import org.basisar.tensor.SingularMatrixException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;

/** Entry point of the {@code bar} command. Exit codes: 0 done, 1 failed, 2 wrong usage. */
@Command(
    name = "bar",
    description =
        "Trains and samples image generators whose tokens are rotated by a learned basis.",
    mixinStandardHelpOptions = true,
    version = "BAR for Java 0.1",
    subcommands = {
      DemoCommand.class,
      TrainCommand.class,
      EncodeCommand.class,
      PicturesCommand.class,
      SampleCommand.class,
      BasisCommand.class,
      EvalCommand.class,
      AblateCommand.class,
      DoctorCommand.class,
      BenchCommand.class,
      SelftestCommand.class
    },
    synopsisSubcommandLabel = "COMMAND")
public final class Main {
  private Main() {}

  /** Runs the command and exits with its code. */
  public static void main(String[] arguments) {
    StandardError.restore();
    System.setProperty("java.awt.headless", "true");
    System.exit(run(arguments));
  }

  /** Runs the command. */
  public static int run(String... arguments) {
    CommandLine line = new CommandLine(new Main());
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setExecutionExceptionHandler(Main::explain);
    line.setParameterExceptionHandler(Main::explainUsage);
    line.getSubcommands()
        .values()
        .forEach(sub -> {
          if (sub.getCommand() instanceof TrainingCommand training) {
            training.typed(Arrays.asList(arguments));
          }
          if (sub.getCommand() instanceof AblateCommand ablation) {
            ablation.typed(Arrays.asList(arguments));
          }
        });
    if (arguments.length == 0) {
      line.usage(line.getOut());
      return CommandLine.ExitCode.USAGE;
    }
    try {
      return line.execute(arguments);
    } catch (OutOfMemoryError e) {
      line.getErr()
          .println(
              "bar: the Java heap of "
                  + (Runtime.getRuntime().maxMemory() >> 20)
                  + " MiB is too small for this; lower --batch, --width or --size, or set"
                  + " JAVA_OPTS=-Xmx16g or more");
      return CommandLine.ExitCode.SOFTWARE;
    }
  }

  private static int explainUsage(ParameterException exception, String[] arguments) {
    PrintWriter err = exception.getCommandLine().getErr();
    err.println("bar: " + exception.getMessage());
    CommandLine.UnmatchedArgumentException.printSuggestions(exception, err);
    err.println("See: bar " + name(exception.getCommandLine()) + "--help");
    return CommandLine.ExitCode.USAGE;
  }

  private static String name(CommandLine line) {
    return line.getParent() == null ? "" : line.getCommandName() + " ";
  }

  /** Failures a user can cause or mend end in one sentence; anything else is our mistake. */
  private static int explain(Exception exception, CommandLine line, CommandLine.ParseResult result)
      throws Exception {
    PrintWriter err = line.getErr();
    switch (exception) {
      case DataException _,
          RunException _,
          DivergedException _,
          WeightsException _,
          CheckpointException _,
          SafeTensorsException _,
          TorchFileException _,
          NumpyException _,
          MetricsException _,
          GpuException _,
          SingularMatrixException _ ->
          err.println("bar: " + exception.getMessage());
      case IOException io -> err.println("bar: " + IoReason.of(io));
      case UncheckedIOException io -> err.println("bar: " + IoReason.of(io));
      default -> throw exception;
    }
    return CommandLine.ExitCode.SOFTWARE;
  }
}

package org.basisar.bar.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.basisar.bar.basis.LearnedBasis;
import org.basisar.bar.run.RunPictures;
import org.basisar.bar.train.RunConfig;
import org.basisar.bar.train.RunException;
import org.basisar.bar.train.RunFolder;
import org.basisar.bar.train.TrainedModel;
import org.basisar.nn.Weights;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Scope;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bar basis}. */
@Command(
    name = "basis",
    description = "Draws or exports the basis of a trained run.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class BasisCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  @Option(names = "--run", paramLabel = "DIR", required = true, description = "run folder")
  @SuppressWarnings("NullAway.Init") // required
  private Path run;

  @Option(
      names = "--out",
      paramLabel = "FILE.png",
      required = true,
      description = "basis vectors as heat maps")
  @SuppressWarnings("NullAway.Init") // required
  private Path out;

  @Option(names = "--matrix", paramLabel = "FILE.png", description = "also draw A as a matrix")
  private @Nullable Path matrix;

  @Option(
      names = "--export",
      paramLabel = "FILE.safetensors",
      description = "also write A as tensor transform.A")
  private @Nullable Path export;

  @Mixin private final EngineOptions engine = new EngineOptions();

  @Override
  public Integer call() throws IOException {
    engine.apply();
    OutputFile.check(spec, "--out", out);
    OutputFile.check(spec, "--matrix", matrix);
    OutputFile.check(spec, "--export", export);
    RunFolder folder = RunFolder.open(run);
    RunConfig config = folder.config();
    PrintWriter writer = spec.commandLine().getOut();
    try (TrainedModel model = new TrainedModel(config, SampleCommand.placeholder(config))) {
      folder.restoreAverages(model).forEach(writer::println);
      LearnedBasis basis = model.basis();
      if (basis == null) {
        throw new RunException(
            run + " was trained with --transform xar and has no basis; choose another run");
      }
      RunPictures.basis(config, basis, out);
      writer.println("basis: " + out);
      if (matrix != null) {
        RunPictures.matrix(config, basis, matrix);
        writer.println("matrix: " + matrix);
      }
      if (export != null) {
        Weights.write(export, Map.of("transform.A", basis.matrix().tensor()), Map.of());
        writer.println("tensor: " + export);
      }
      try (Scope _ = Scope.open()) {
        writer.println(
            String.format(Locale.ROOT, "‖AAᵀ − I‖ = %.4f", Ops.norm(basis.deviation()).item()));
      }
      writer.flush();
    }
    return 0;
  }
}

package org.basisar.bar.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.basisar.bar.basis.LearnedBasis;
import org.basisar.bar.discrete.DiscreteConfig;
import org.basisar.bar.discrete.DiscreteFolder;
import org.basisar.bar.discrete.DiscreteModel;
import org.basisar.bar.discrete.OrderName;
import org.basisar.bar.picture.BasisPicture;
import org.basisar.bar.picture.PngWriter;
import org.basisar.bar.picture.Shading;
import org.basisar.bar.run.DiscretePictures;
import org.basisar.bar.run.KnownTransforms;
import org.basisar.bar.run.RunPictures;
import org.basisar.bar.train.RunConfig;
import org.basisar.bar.train.RunException;
import org.basisar.bar.train.RunFolder;
import org.basisar.bar.train.TrainedModel;
import org.basisar.bar.transform.Permutations;
import org.basisar.bar.transform.Transform;
import org.basisar.bar.transform.TransformKind;
import org.basisar.nn.Weights;
import org.basisar.tensor.DType;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bar basis}. */
@Command(
    name = "basis",
    description = "Draws or exports the basis of a trained run, or draws a known transform.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class BasisCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  @Option(names = "--run", paramLabel = "DIR", description = "run folder")
  private @Nullable Path run;

  @Option(
      names = "--transform",
      description = "instead of a run, a method's matrix: ${COMPLETION-CANDIDATES}")
  private @Nullable TransformKind transform;

  @Option(
      names = "--grid",
      paramLabel = "TOKENS",
      description = "side of the token grid for --transform (default: ${DEFAULT-VALUE})")
  private int grid = 16;

  @Option(
      names = "--out",
      paramLabel = "FILE.png",
      required = true,
      description =
          "basis vectors as heat maps; of a run on discrete tokens the step of every patch")
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
    if (run != null && transform == null) {
      return ofRun(run);
    }
    if (transform != null && run == null) {
      return known(transform);
    }
    throw new ParameterException(
        spec.commandLine(), "give either --run DIR or --transform NAME, not both or neither");
  }

  private int known(TransformKind kind) throws IOException {
    if (grid < 2 || grid > 32) {
      throw new ParameterException(spec.commandLine(), "--grid must be 2 to 32, is " + grid);
    }
    Transform drawn;
    try {
      drawn = KnownTransforms.of(kind, grid);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
    BasisPicture picture = BasisPicture.of(drawn.tokens(), drawn.matrix());
    PngWriter.write(
        out,
        picture.heatMaps(
            BasisPicture.choose(drawn.rows()),
            Permutations.raster(grid),
            grid,
            Shading.DARKER_IS_HIGHER));
    PrintWriter writer = spec.commandLine().getOut();
    writer.println("basis: " + out);
    if (matrix != null) {
      PngWriter.write(matrix, picture.matrix());
      writer.println("matrix: " + matrix);
    }
    if (export != null) {
      exportMatrix(export, drawn.matrix(), drawn.rows(), drawn.tokens());
    }
    writer.println(KnownTransforms.describe(drawn));
    writer.flush();
    return 0;
  }

  private int ofRun(Path run) throws IOException {
    if (DiscreteFolder.holds(run)) {
      return ofCodes(DiscreteFolder.open(run));
    }
    RunFolder folder = RunFolder.open(run);
    RunConfig config = folder.config();
    PrintWriter writer = spec.commandLine().getOut();
    try (TrainedModel model = TrainedModel.blank(config)) {
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
      if (basis.rows() != basis.tokens()) {
        writer.println("transform: " + KnownTransforms.describe(config));
      } else {
        try (Scope _ = Scope.open()) {
          writer.println(
              String.format(Locale.ROOT, "‖AAᵀ − I‖ = %.4f", basis.deviationNorm().item()));
        }
      }
      writer.flush();
    }
    return 0;
  }

  /** The order of a run on discrete tokens, whose A is a permutation. */
  private int ofCodes(DiscreteFolder folder) throws IOException {
    DiscreteConfig config = folder.config();
    PrintWriter writer = spec.commandLine().getOut();
    try (DiscreteModel model = DiscreteModel.blank(config)) {
      folder.restore(model, true).forEach(writer::println);
      int[] places = model.places();
      DiscretePictures.order(config, places, out);
      writer.println("order: " + out);
      if (matrix != null) {
        DiscretePictures.matrix(places, matrix);
        writer.println("matrix: " + matrix);
      }
      if (export != null) {
        exportMatrix(export, OrderName.matrix(places), places.length, places.length);
      }
      writer.println(DiscretePictures.describe(config, model));
      writer.flush();
    }
    return 0;
  }

  private void exportMatrix(Path file, double[] values, int rows, int columns) {
    try (Scope _ = Scope.open()) {
      Tensor a = Ops.cast(Tensor.of(values, rows, columns), DType.F32);
      Weights.write(file, Map.of("transform.A", a), Map.of());
    }
    spec.commandLine().getOut().println("tensor: " + file);
  }
}

package org.basisar.bar.report;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.basisar.bar.picture.Chart;
import org.basisar.bar.picture.Chart.Scale;
import org.basisar.bar.picture.PngChart;
import org.basisar.bar.picture.PngWriter;
import org.basisar.bar.picture.Series;

/** The curves of a run: which there are, and what each one means. */
public final class RunCurves {
  private static final String LOSS =
      "How wrong the model's predictions were on the images of each step: the objective plus"
          + " the regulariser of the basis. Lower is better. The pale line is every measured"
          + " step, the strong one a running mean. Noise added to the images differs from"
          + " step to step, so the pale line never becomes quiet.";

  private static final String CODES_LOSS =
      "How surprising the codes of the images of each step were to the model: the mean cross-entropy"
          + " of a code in nats. Guessing among K codes would give ln K. Lower is better. The pale"
          + " line is every measured step, the strong one a running mean.";

  private static final String VALIDATION =
      "How far images that were never trained on are from what the model makes of them after"
          + " noise was added: the mean square of the difference in tokens of unit size, with"
          + " the averaged weights. The images, the noise and its strength are the same at"
          + " every point and in every run, so this curve can be compared between runs of any"
          + " basis on one kind of network, which the training loss cannot. Of a MAR network"
          + " it counts the masked tokens.";

  private static final String CODES_VALIDATION =
      "The same figure on images that were never trained on, with the averaged weights and in the"
          + " order that the model draws in. Where it rises while the training loss falls, the model"
          + " learns its images by heart.";

  /** A chart and the paragraph that explains it to someone who has not read the paper. */
  record Curve(Chart chart, String explanation) {}

  private RunCurves() {}

  /**
   * Writes {@code curves.png} beside a run's {@code metrics.csv}: all curves in one picture on
   * white.
   *
   * @param runFolder the run
   * @return the written file, or nothing if nothing was measured yet or the machine has no fonts
   * @throws IOException if the metrics cannot be read or the picture cannot be written
   */
  public static Optional<Path> write(Path runFolder) throws IOException {
    List<Chart> charts =
        of(RunMetrics.read(runFolder.resolve("metrics.csv")), RunFacts.Tokens.CONTINUOUS).stream()
            .map(Curve::chart)
            .toList();
    Optional<BufferedImage> image = PngChart.draw(charts);
    if (image.isEmpty()) {
      return Optional.empty();
    }
    Path file = runFolder.resolve("curves.png");
    PngWriter.write(file, image.get());
    return Optional.of(file);
  }

  /** The curves that the measured columns allow. */
  static List<Curve> of(RunMetrics metrics, RunFacts.Tokens tokens) {
    boolean discrete = tokens == RunFacts.Tokens.DISCRETE;
    var curves = new ArrayList<Curve>();
    if (metrics.has("loss")) {
      curves.add(
          new Curve(
              new Chart(
                  "Training loss",
                  "step",
                  scaleOf(metrics.column("loss")),
                  withSmoothed(metrics, "loss", "loss")),
              discrete ? CODES_LOSS : LOSS));
    }
    if (metrics.has("validation")) {
      curves.add(
          new Curve(
              new Chart(
                  discrete ? "Validation, nats per code" : "Validation error",
                  "step",
                  scaleOf(metrics.column("validation")),
                  List.of(metrics.series("validation", "validation", Series.Role.MAIN).measured())),
              discrete ? CODES_VALIDATION : VALIDATION));
    }
    if (metrics.has("orthogonality")) {
      curves.add(
          new Curve(
              new Chart(
                  "Orthogonality error ‖AAᵀ − I‖",
                  "step",
                  scaleOf(metrics.column("orthogonality")),
                  List.of(metrics.series("orthogonality", "‖AAᵀ − I‖", Series.Role.MAIN))),
              "How far the learned basis vectors are from being perpendicular and of length one. At"
                  + " zero, tokens can be turned into an image and back without stretching any part"
                  + " of it. The regulariser and, where chosen, the projection keep this small while"
                  + " the basis moves."));
    }
    if (metrics.has("minSingular") && metrics.has("maxSingular")) {
      curves.add(
          new Curve(
              new Chart(
                  "Singular values of A",
                  "step",
                  Scale.LINEAR,
                  List.of(
                      metrics.series("maxSingular", "largest", Series.Role.MAIN),
                      metrics.series("minSingular", "smallest", Series.Role.SECOND))),
              "The most and the least the basis A stretches any image. Both are one when A only"
                  + " rotates. If the smallest came near zero, decoding with the inverse of A would"
                  + " enlarge errors."));
    }
    if (metrics.has("objective") && metrics.has("regulariser")) {
      curves.add(
          new Curve(
              new Chart(
                  "Objective",
                  "step",
                  scaleOf(metrics.column("objective")),
                  withSmoothed(metrics, "objective", "objective")),
              "The part of the loss that is about images: the error of the predicted tokens, or with"
                  + " the residual objective the error that remains after each prefix of them."));
      curves.add(
          new Curve(
              new Chart(
                  "Regulariser",
                  "step",
                  scaleOf(metrics.column("regulariser")),
                  List.of(metrics.series("regulariser", "mean (AAᵀ − I)²", Series.Role.MAIN))),
              "The part of the loss that is about the basis alone: the mean square of AAᵀ − I, zero"
                  + " when A is orthogonal."));
    }
    if (metrics.has("learningRate")) {
      curves.add(
          new Curve(
              new Chart(
                  "Learning rate",
                  "step",
                  Scale.LINEAR,
                  List.of(metrics.series("learningRate", "learning rate", Series.Role.MAIN))),
              "How large a step the optimiser takes: it rises during the warm-up and falls"
                  + " afterwards."));
    }
    if (metrics.has("gradientNorm")) {
      curves.add(
          new Curve(
              new Chart(
                  "Gradient norm",
                  "step",
                  scaleOf(metrics.column("gradientNorm")),
                  withSmoothed(metrics, "gradientNorm", "norm")),
              "The length of the gradient over all parameters before clipping. Spikes mark steps on"
                  + " which training was close to losing its way."));
    }
    if (metrics.has("imagesPerSecond")) {
      curves.add(
          new Curve(
              new Chart(
                  "Speed in images per second",
                  "step",
                  Scale.LINEAR,
                  withSmoothed(metrics, "imagesPerSecond", "images/s")),
              "How many training images went through the model each second. A dip is usually a"
                  + " checkpoint, a picture, or another program on the machine."));
    }
    return curves;
  }

  private static List<Series> withSmoothed(RunMetrics metrics, String column, String label) {
    Series measured = metrics.series(column, label, Series.Role.FAINT);
    if (metrics.rows() < 20) {
      return List.of(metrics.series(column, label, Series.Role.MAIN));
    }
    return List.of(measured, measured.smoothed(label + ", running mean", halfLife(metrics)));
  }

  /** Half-life of running means in measured steps: an eightieth of the run. */
  static double halfLife(RunMetrics metrics) {
    return Math.max(2, metrics.rows() / 80.0);
  }

  /**
   * Logarithmic where nothing is negative, most values are above zero, and the largest is more than
   * 20 times the smallest of these. A basis that starts as the identity has an error of exactly
   * zero at first; that one point is worth less than seeing the others.
   */
  private static Scale scaleOf(double[] values) {
    double[] finite = Arrays.stream(values).filter(Double::isFinite).toArray();
    double[] positive = Arrays.stream(finite).filter(value -> value > 0).toArray();
    boolean anyNegative = Arrays.stream(finite).anyMatch(value -> value < 0);
    if (anyNegative || 2 * positive.length <= finite.length) {
      return Scale.LINEAR;
    }
    double lowest = Arrays.stream(positive).min().orElse(1);
    double highest = Arrays.stream(positive).max().orElse(1);
    return highest > 20 * lowest ? Scale.LOGARITHMIC : Scale.LINEAR;
  }
}

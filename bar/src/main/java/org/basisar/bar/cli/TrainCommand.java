package org.basisar.bar.cli;

import picocli.CommandLine.Command;

/** {@code bar train}. */
@Command(
    name = "train",
    description = "Trains a model on images and draws samples, basis and report.")
final class TrainCommand extends TrainingCommand {}

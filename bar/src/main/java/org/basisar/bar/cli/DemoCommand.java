package org.basisar.bar.cli;

import picocli.CommandLine.Command;

/** {@code bar demo}: the main job, train with settings that show something within minutes. */
@Command(
    name = "demo",
    description =
        "Trains a small model within minutes, on embedded pictures or on your own (--data), and"
            + " shows samples, basis and report.")
final class DemoCommand extends TrainingCommand {}

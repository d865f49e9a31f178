package org.basisar.bar.cli;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.basisar.bar.data.PictureFiles;
import org.basisar.bar.latent.LatentEncoder;
import org.basisar.bar.vae.Autoencoder;
import org.basisar.bar.vae.VaeConfig;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bar encode}. */
@Command(
    name = "encode",
    description =
        "Turns pictures into a cache of an autoencoder's latents, to train on with bar train --data"
            + " DIR; stopped, the same command goes on.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class EncodeCommand implements Callable<Integer> {
  private static final int PIXELS_AT_ONCE = 4 * 256 * 256;
  private static final int MOST_AT_ONCE = 64;
  private static final long TINY_SEED = 1;

  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  @Option(
      names = "--data",
      paramLabel = "DATA",
      required = true,
      description = "a folder, zip, tar or tar.gz of class folders")
  @SuppressWarnings("NullAway.Init") // required
  private String data;

  @Option(
      names = "--vae",
      paramLabel = "FILE",
      required = true,
      description =
          "weights of the autoencoder: kl16.ckpt of MAR and xAR, latent diffusion's kl-f16, or one"
              + " of the same kind, as .ckpt, .pth or .safetensors")
  @SuppressWarnings("NullAway.Init") // required
  private Path vae;

  @Option(
      names = "--make-tiny-vae",
      description =
          "if --vae FILE does not exist, first write a small autoencoder of random weights there,"
              + " for dry runs without public weights")
  private boolean makeTiny;

  @Option(names = "--out", paramLabel = "DIR", required = true, description = "cache to make")
  @SuppressWarnings("NullAway.Init") // required
  private Path out;

  @Option(
      names = "--size",
      paramLabel = "PIXELS",
      description = "side of the centre crops (default: ${DEFAULT-VALUE})")
  private int size = 256;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "pictures to encode at a time (default: as many as 4 of side 256 have pixels)")
  private @Nullable Integer batch;

  @Option(
      names = "--shard",
      paramLabel = "N",
      description =
          "images of a file of the cache, and most that an interruption loses (default:"
              + " ${DEFAULT-VALUE})")
  private int shard = 512;

  @Mixin private final EngineOptions engine = new EngineOptions();

  @Override
  public Integer call() {
    engine.apply();
    range("--size", size, 8, 2048);
    range("--shard", shard, 1, 1 << 16);
    int atOnce =
        batch != null ? batch : Math.clamp(PIXELS_AT_ONCE / (size * size), 1, MOST_AT_ONCE);
    range("--batch", atOnce, 1, 4096);
    PrintWriter writer = spec.commandLine().getOut();
    if (makeTiny && !Files.exists(vae)) {
      OutputFile.check(spec, "--vae", vae);
      try (Autoencoder tiny = Autoencoder.seeded(VaeConfig.tiny(), TINY_SEED)) {
        tiny.save(vae);
      }
      writer.println("autoencoder of random weights: " + vae);
    }
    try (PictureFiles pictures = PictureFiles.open(data);
        Autoencoder network = Autoencoder.open(vae);
        Interrupt interrupt = new Interrupt()) {
      writer.println("data: " + pictures.describe());
      writer.flush();
      ConsoleListener listener = new ConsoleListener(writer);
      Told told = new Told(listener);
      LatentEncoder.Plan plan =
          new LatentEncoder.Plan(
              out, size, atOnce, shard, data, vae.toAbsolutePath().normalize().toString());
      boolean finished;
      try {
        finished = new LatentEncoder(pictures, network, plan, told, interrupt::requested).run();
      } finally {
        listener.end();
      }
      writer.println(
          finished
              ? "latents: " + out + told.rate()
              : "stopped; go on with the same command, which keeps what is written");
      writer.flush();
    }
    return 0;
  }

  /** Shows progress and measures it. */
  private static final class Told implements LatentEncoder.Progress {
    private final ConsoleListener listener;
    private long began;
    private int encoded;

    Told(ConsoleListener listener) {
      this.listener = listener;
    }

    @Override
    public void begin(int images, int done) {
      listener.begin("encoding", images, done);
      began = System.nanoTime();
    }

    @Override
    public void encoded() {
      encoded++;
      listener.progress("");
    }

    String rate() {
      double seconds = (System.nanoTime() - began) / 1e9;
      return encoded == 0
          ? ", complete already"
          : String.format(Locale.ROOT, ", %.2f images/s, both flips", encoded / seconds);
    }
  }

  private void range(String name, long value, long least, long greatest) {
    if (value < least || value > greatest) {
      throw new ParameterException(
          spec.commandLine(), name + " must be " + least + " to " + greatest + ", is " + value);
    }
  }
}

package org.basisar.bar.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.basisar.bar.data.ImageData;
import org.basisar.bar.data.ImageSources;
import org.basisar.bar.picture.PlainPicture;
import org.basisar.bar.picture.PngWriter;
import org.basisar.bar.train.RunFolder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bar pictures}. */
@Command(
    name = "pictures",
    description = "Writes pictures of a data source as PNG files, in one folder for each class.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class PicturesCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  @Option(
      names = "--data",
      paramLabel = "DATA",
      description = "as of bar train (default: ${DEFAULT-VALUE})")
  private String data = "embedded";

  @Option(
      names = "--size",
      paramLabel = "PIXELS",
      description = "side of the pictures (default: ${DEFAULT-VALUE})")
  private int size = 64;

  @Option(
      names = "--count",
      paramLabel = "N",
      description = "the first so many (default: ${DEFAULT-VALUE})")
  private int count = 600;

  @Option(names = "--seed", paramLabel = "N", description = "default: ${DEFAULT-VALUE}")
  private long seed = 1;

  @Option(names = "--out", paramLabel = "DIR", required = true, description = "folder to make")
  @SuppressWarnings("NullAway.Init") // required
  private Path out;

  @Override
  public Integer call() throws IOException {
    if (count < 1) {
      throw new ParameterException(spec.commandLine(), "--count must be positive, is " + count);
    }
    RunFolder.requireNew(out);
    ImageData images = ImageSources.open(data, size, seed);
    int written = Math.min(count, images.count());
    float[] pixels = new float[images.channels() * images.side() * images.side()];
    for (int i = 0; i < written; i++) {
      images.read(i, false, pixels, 0);
      String folder =
          images.classNames().get(images.label(i)).replaceAll("[^\\p{L}\\p{N}._-]", "_");
      PngWriter.write(
          out.resolve(folder).resolve("%06d.png".formatted(i)),
          PlainPicture.of(
              images.side(), PlainPicture.bytes(images.channels(), images.side(), pixels)));
    }
    PrintWriter writer = spec.commandLine().getOut();
    writer.println("pictures: " + out + ", " + written);
    writer.flush();
    return 0;
  }
}

package org.basisar.bar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code bar eval} says when files of the field's networks are not there or not right. */
final class EvalFieldTest {
  @TempDir Path folder;

  @Test
  void withoutWeightsItSaysWhichFilesToGet() {
    String images = "--images=" + folder;
    Cli.Result bare = Cli.run("eval", images);
    assertThat(bare.code()).isEqualTo(2);
    assertThat(bare.err())
        .contains("weights-inception-2015-12-05-6726825d.pth")
        .contains("dinov2_vitl14_pretrain.pth")
        .contains("clip-vit-base-patch32")
        .contains("merges.txt")
        .contains("vgg16-397923af.pth")
        .contains("VIRTUAL_imagenet256_labeled.npz")
        .contains("bar eval --run DIR");
    Cli.Result alone = Cli.run("eval", images, "--statistics=s.npz");
    assertThat(alone.code()).isEqualTo(2);
    assertThat(alone.err())
        .contains("need the weights of a network")
        .contains("weights-inception-2015-12-05-6726825d.pth");
  }

  @Test
  void optionsThatDoNotBelongTogetherAreRefused() {
    String images = "--images=" + folder;
    Cli.run("eval").failed(2, "give --run DIR or --images PATH");
    Cli.run("eval", images, "--run=" + folder).failed(2, "give one of them");
    Cli.run("eval", images, "--clip=c").failed(2, "--clip and --clip-merges belong together");
    Cli.run("eval", images, "--clip-merges=c")
        .failed(2, "--clip and --clip-merges belong together");
    Cli.run("eval", images, "--vgg=v", "--statistics=s").failed(2, "give --inception FILE");
    Cli.run("eval", images, "--vgg=v", "--captions=s").failed(2, "--captions need --clip FILE");
    Cli.run("eval", images, "--inception=i", "--write-statistics=" + folder)
        .failed(2, "is a folder; name a file");
  }

  @Test
  void missingAndWrongFilesEndInOneSentence() throws IOException {
    Path samples = folder.resolve("samples.npz");
    String images = "--images=" + samples;
    Cli.run("eval", images, "--vgg=v").failed(1, "samples.npz cannot be read: ");
    Files.write(samples, new byte[100]);
    Cli.run("eval", images, "--vgg=v").failed(1, "no whole .npz file");
    Path pictures = Files.createDirectory(folder.resolve("pictures"));
    images = "--images=" + pictures;
    Cli.run("eval", images, "--vgg=v").failed(1, "holds no PNG");
    Files.write(pictures.resolve("a.png"), new byte[10]);
    Path weights = Files.writeString(folder.resolve("weights.pth"), "no weights");
    String clip = "--clip=" + weights;
    Cli.run("eval", images, clip, "--clip-merges=" + folder.resolve("m")).failed(1, "merges");
    Path merges = Files.writeString(folder.resolve("merges.txt"), "a b");
    Cli.run("eval", images, clip, "--clip-merges=" + merges).failed(1, "has 0 merges");
  }
}

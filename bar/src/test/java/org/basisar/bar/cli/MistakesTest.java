package org.basisar.bar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What users get wrong: one sentence on the standard error, exit code 2 for wrong words and 1 for
 * the rest, and everything that was there before as it was.
 */
class MistakesTest {
  @TempDir static Path folder;

  private static Map<String, String> before = Map.of();

  @BeforeAll
  static void train() throws IOException {
    Cli.run(Cli.tiny("--steps=3", "--out=" + folder.resolve("run"))).succeeded();
    Cli.run(Cli.tiny("--steps=1", "--transform=xar", "--out=" + folder.resolve("plain")))
        .succeeded();
    Files.createDirectories(folder.resolve("empty"));
    byte[] png = Files.readAllBytes(folder.resolve("run/samples/final.png"));
    Files.createDirectories(folder.resolve("pictures/one"));
    Files.write(folder.resolve("pictures/one/whole.png"), png);
    Files.write(folder.resolve("pictures/one/cut.png"), Arrays.copyOf(png, png.length / 2));
    Path broken = folder.resolve("broken");
    Files.createDirectories(broken);
    String config = Files.readString(folder.resolve("run/config.json"));
    Files.writeString(broken.resolve("config.json"), config.substring(0, config.length() / 2));
    changed("unknown-key", config, "\"dropout\"", "\"dropuot\"");
    changed("wrong-heads", config, "\"heads\": 2", "\"heads\": 3");
    changed("wrong-side", config, "\"side\": 8", "\"side\": 12");
    changed("wrong-choice", config, "\"soft\"", "\"softer\"");
    Path lost = folder.resolve("lost");
    Files.createDirectories(lost.resolve("checkpoints/step-0000003"));
    Files.writeString(lost.resolve("config.json"), config);
    Files.writeString(
        lost.resolve("checkpoints/step-0000003/manifest.json"), "{", StandardCharsets.UTF_8);
    Files.createDirectories(folder.resolve("unborn"));
    Files.writeString(folder.resolve("unborn/config.json"), config);
    before = Cli.contents(folder);
  }

  private static void changed(String name, String config, String from, String to)
      throws IOException {
    assertThat(config).contains(from);
    Files.createDirectories(folder.resolve(name));
    Files.writeString(folder.resolve(name + "/config.json"), config.replace(from, to));
  }

  /** {@code @} stands for the folder, {@code TINY} for the options of a tiny network. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          2 | tarin                                    | Unmatched argument at index 0: 'tarin'
          2 | TINY --out=@/x --nonsense                | Unknown option: '--nonsense'
          2 | TINY --out=@/x --steps=3 --steps=4       | '--steps' (N) should be specified only once
          2 | TINY --out=@/x --steps=0                 | --steps must be 1 to 2147483647, is 0
          2 | TINY --out=@/x --steps=1e3               | '1e3' is not a long
          2 | TINY --out=@/x --batch=-4                | --batch must be 1 to 65536, is -4
          2 | TINY --out=@/x --width=65536 --batch=256 | --width must be 4 to 16384, is 65536
          2 | TINY --out=@/x --patch=3                 | --patch 3 does not divide --size 8
          2 | TINY --out=@/x --patch=0                 | --patch must be 1 to 1024, is 0
          2 | TINY --out=@/x --cells=3                 | cannot be cut into 3 cells
          2 | TINY --out=@/x --heads=3                 | width 16 over 3 heads
          2 | TINY --out=@/x --heads=8                 | head width divisible by 4
          2 | TINY --out=@/x --delta=0                 | for delta = 0 choose the hard one
          2 | TINY --out=@/x --delta=NaN --projection=none | delta must be in [0, 1), is NaN
          2 | TINY --out=@/x --transform=xar --objective=residual | the residual objective needs a basis
          2 | TINY --out=@/x --transform=fourier       | expected one of [XAR, LEARNED, PCA, ORTHOGONAL, RASTER, PAR,
          2 | TINY --out=@/x --transform=titok --objective=residual | use --objective plain with --transform titok
          2 | TINY --out=@/x --model=mar --transform=var --objective=plain | only the xar network can follow; choose another transform or --model xar
          2 | TINY --out=@/x --transform=fractal --size=12 | a power of two, not 6; choose 2, 4, 8, 16 or 32
          2 | TINY --out=@/x --start=titok             | a learned basis has as many coefficients as tokens, titok has not; choose one of identity,
          2 | TINY --out=@/x --start=unity             | there is no start "unity"; choose one of identity, orthogonal, pca,
          2 | TINY --out=@/x --learning-rate=NaN       | learning rate must be positive
          2 | TINY --out=@/x --weight-decay=-1         | the weight decay must be finite and not negative
          2 | TINY --out=@/x --regularizer=Infinity    | the regularizer must be finite and not negative
          2 | TINY --out=@/x --label-dropout=2         | label dropout must be in [0, 1], is 2.0
          2 | TINY --out=@/x --sampler-steps=0         | sampler steps must be at least 1, are 0
          2 | TINY --out=@/x --guidance=-1             | guidance scale must be finite
          2 | TINY --out=@/x --columns=0               | --columns must be 1 to 1000, is 0
          2 | TINY --out=@/x --save-seconds=-1         | --save-seconds must not be negative
          2 | TINY --out=@/x --threads=0               | --threads must be 1 to 1024, is 0
          2 | TINY --out=@/x --device=tpu              | --device tpu is unknown
          2 | train --out=@/x --size=64 --patch=1 --batch=4096 | too large for one tensor; lower the batch
          2 | train --out=@/x --size=256 --patch=1     | 65536 tokens are more than the 16384 that fit
          2 | train --out=@/x --size=256 --patch=1 --transform=titok | 65536 tokens are more than the 16384
          1 | TINY --out=@/run                         | exists and is not an empty folder; choose another --out
          1 | TINY --out=@/run/config.json             | exists and is not an empty folder
          1 | TINY --out=@/run/config.json/x           | cannot make run folder
          1 | TINY --out=@/x --data=@/pictures         | cut.png in
          1 | TINY --out=@/x --data=@/empty            | holds no PNG, JPEG, GIF or BMP image
          1 | TINY --out=@/x --data=@/nowhere          | There is no data source
          1 | TINY --out=@/x --size=7                  | Images of side 7 are not offered
          2 | train --resume=@/run --batch=8           | leave out --batch
          2 | train --resume=@/run --out=@/x --seed=2  | leave out --out, --seed
          2 | train --resume=@/run --steps=0           | --steps must be 1 to 2147483647, is 0
          2 | train --resume=@/run --steps=9 --data=embedded:faces | does not have the classes and channels
          1 | train --resume=@/run --steps=2           | has done 3 steps already; give --steps 3 or more
          1 | train --resume=@/nowhere                 | is no run folder: it has no config.json
          1 | train --resume=@/broken                  | config.json is damaged
          1 | train --resume=@/unknown-key             | dropuot
          1 | train --resume=@/wrong-heads             | width 16 over 3 heads
          1 | train --resume=@/wrong-side              | images of 12 pixels in patches of 2 do not make a grid
          1 | train --resume=@/wrong-choice            | projection is "softer" but must be one of [none, hard, soft]
          1 | train --resume=@/lost                    | no checkpoint in
          1 | sample --run=@/nowhere --out=@/y.png     | is no run folder
          1 | sample --run=@/unborn --out=@/y.png      | has no checkpoint yet; train it with
          1 | sample --run=@/lost --out=@/y.png        | is whole: checkpoint step-0000003 is damaged
          2 | sample --run=@/run                       | Missing required option: '--out=OUT'
          2 | sample --run=@/run --out=@/y.png --classes=12  | there is no class "12"; the run has 0 to 11
          2 | sample --run=@/run --out=@/y.png --classes=0,cat | there is no class "cat"
          2 | sample --run=@/run --out=@/y.png --classes=-1  | there is no class "-1"
          2 | sample --run=@/run --out=@/y.png --count=0     | --count must be 1 to 1000, is 0
          2 | sample --run=@/run --out=@/y.png --guidance=NaN | guidance scale must be finite
          1 | sample --run=@/run --out=@/run           | was not begun by bar sample
          2 | sample --run=@/run --out=@/run/config.json/y.png | cannot be written; choose another place
          2 | sample --run=@/run --out=@/y.png --prefix=@/run | --prefix
          2 | basis --run=@/run --out=@/run            | is a folder; name a file
          2 | basis --run=@/run --out=@/y.png --export=@/run  | --export
          1 | basis --run=@/plain --out=@/y.png        | has no basis; choose another run
          2 | doctor --threads=many                    | 'many' is not an int
          """)
  void isToldInOneSentence(int code, String command, String sentence) throws IOException {
    String words = command.replace("@", folder.toString());
    List<String> more = List.of(words.replaceFirst("^TINY ", "").split(" +"));
    String[] arguments = more.toArray(String[]::new);
    Cli.run(words.startsWith("TINY ") ? Cli.tiny(arguments) : arguments).failed(code, sentence);
    assertThat(Cli.contents(folder)).isEqualTo(before);
  }

  @Test
  void aHeapThatIsTooSmallIsNamed() throws Exception {
    Path out = folder.resolveSibling(folder.getFileName() + "-big");
    Process child =
        Cli.start("-Xmx64m", Cli.tiny("--width=4096", "--layers=9", "--steps=1", "--out=" + out));
    try (BufferedReader lines = child.inputReader(StandardCharsets.UTF_8)) {
      assertThat(lines.lines().toList())
          .last()
          .asString()
          .matches("bar: the Java heap of 6[0-9] MiB is too small for this; lower --batch, .*");
      assertThat(child.waitFor()).isEqualTo(1);
    } finally {
      child.destroyForcibly().waitFor();
    }
  }
}

package org.basisar.bar.report;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.basisar.bar.picture.Series;
import org.jspecify.annotations.Nullable;

/**
 * The table {@code metrics.csv} of a run, as far as it can be trusted.
 *
 * <p>A run may still be writing: a last line without its line end is left out, because a number cut
 * in half is still a number. A run may have been resumed from an older checkpoint: when steps go
 * back, the lines they repeat are dropped, and the newer ones count. Columns that are missing, and
 * cells that are empty or not numbers, read as NaN.
 */
public final class RunMetrics {
  private static final String STEP = "step";

  private final List<String> columns;
  private double[][] cells;
  private int rows;

  private RunMetrics(List<String> columns) {
    this.columns = columns;
    cells = new double[columns.size()][256];
  }

  /**
   * Reads a table.
   *
   * @param file a comma-separated file whose first line names its columns, among them {@code step}
   * @return the table; without rows if the file does not exist, is empty, or has no column {@code
   *     step}
   * @throws IOException if the file exists but cannot be read
   */
  public static RunMetrics read(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      return new RunMetrics(List.of());
    }
    var decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    try (var stream = Files.newInputStream(file);
        var reader = new BufferedReader(new InputStreamReader(stream, decoder))) {
      var lines = new WholeLines(reader);
      String header = lines.next();
      if (header == null) {
        return new RunMetrics(List.of());
      }
      List<String> names = Arrays.stream(header.split(",", -1)).map(String::strip).toList();
      var metrics = new RunMetrics(names.contains(STEP) ? names : List.of());
      for (String line = lines.next(); line != null; line = lines.next()) {
        metrics.add(line);
      }
      return metrics;
    }
  }

  private void add(String line) {
    if (columns.isEmpty() || line.isBlank()) {
      return;
    }
    String[] words = line.split(",", -1);
    double[] values = new double[columns.size()];
    for (int column = 0; column < values.length; column++) {
      values[column] = column < words.length ? number(words[column].strip()) : Double.NaN;
    }
    int stepColumn = columns.indexOf(STEP);
    double step = values[stepColumn];
    if (!Double.isFinite(step)) {
      return;
    }
    while (rows > 0 && cells[stepColumn][rows - 1] >= step) {
      rows--;
    }
    for (int column = 0; column < values.length; column++) {
      if (rows == cells[column].length) {
        cells[column] = Arrays.copyOf(cells[column], 2 * rows);
      }
      cells[column][rows] = values[column];
    }
    rows++;
  }

  private static double number(String word) {
    try {
      return Double.parseDouble(word);
    } catch (NumberFormatException _) {
      return Double.NaN;
    }
  }

  /** How many measured steps there are. */
  public int rows() {
    return rows;
  }

  /**
   * The values of a column, one for each row.
   *
   * @param name as in the header
   * @return all NaN if there is no such column
   */
  public double[] column(String name) {
    int column = columns.indexOf(name);
    if (column >= 0) {
      return Arrays.copyOf(cells[column], rows);
    }
    double[] missing = new double[rows];
    Arrays.fill(missing, Double.NaN);
    return missing;
  }

  /** Whether a column has at least one finite value. */
  public boolean has(String name) {
    return Arrays.stream(column(name)).anyMatch(Double::isFinite);
  }

  /** The last finite value of a column, or NaN. */
  public double last(String name) {
    double[] values = column(name);
    for (int row = values.length - 1; row >= 0; row--) {
      if (Double.isFinite(values[row])) {
        return values[row];
      }
    }
    return Double.NaN;
  }

  /**
   * The first step whose value in a column was written but was infinite or not a number, or −1.
   *
   * @param name as in the header
   */
  public long firstBrokenStep(String name) {
    double[] values = column(name);
    if (!columns.contains(name)) {
      return -1;
    }
    for (int row = 0; row < rows; row++) {
      if (!Double.isFinite(values[row])) {
        return (long) cells[columns.indexOf(STEP)][row];
      }
    }
    return -1;
  }

  /** A column over the steps as a line of a chart. */
  public Series series(String name, String label, Series.Role role) {
    return new Series(label, role, column(STEP), column(name));
  }

  /** Lines that ended; what follows the last line end is not a line yet. */
  private static final class WholeLines {
    private final BufferedReader reader;

    WholeLines(BufferedReader reader) {
      this.reader = reader;
    }

    @Nullable String next() throws IOException {
      var line = new StringBuilder();
      for (int sign = reader.read(); sign >= 0; sign = reader.read()) {
        if (sign == '\n') {
          return line.toString();
        }
        line.append((char) sign);
      }
      return null;
    }
  }
}

package org.basisar.bar.ablation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.basisar.bar.transform.TransformKind;

/** The tables there are, with what the paper measured. */
public enum AblationTable {
  /** The network with and without a basis at three sizes. */
  ARCHITECTURES("2", "Table 2: sizes of the network", "the basis helps at every size"),
  /** First value of A. */
  INITIALIZATION("5", "Table 5: initialisation of A", "identity before orthogonal before no basis"),
  /** Projection of A. */
  PROJECTION("6", "Table 6: orthogonal projection", "soft before hard before none before no basis"),
  /** Loss. */
  OBJECTIVE("7", "Table 7: training objective", "residual before plain before no basis"),
  /** PCA against a learned basis. */
  OFFLINE("10", "Table 10: offline against online basis", "online before offline before no basis"),
  /** Convergence. */
  CONVERGENCE("fig7", "Figure 7: convergence", "the basis is ahead throughout the training"),
  /** The transforms of other methods under one budget. */
  GALLERY("gallery", "Special-case transforms under one budget", "");

  /**
   * A line of a table.
   *
   * @param label as in the paper
   * @param arm what is trained
   * @param baseline what it is compared with, itself for the baseline
   * @param published the paper's Fréchet inception distance on ImageNet 256×256, NaN if none
   */
  record Row(String label, Arm arm, Arm baseline, double published) {}

  private final String key;
  private final String title;
  private final String claim;

  AblationTable(String key, String title, String claim) {
    this.key = key;
    this.title = title;
    this.claim = claim;
  }

  /** The word for it on the command line. */
  public String key() {
    return key;
  }

  /** The heading. */
  String title() {
    return title;
  }

  /** The paper's order in words, best first; empty if the paper has no such table. */
  String claim() {
    return claim;
  }

  /** The table of a word. */
  public static Optional<AblationTable> of(String word) {
    return Arrays.stream(values())
        .filter(table -> table.key.equals(word.strip().toLowerCase(Locale.ROOT)))
        .findFirst();
  }

  /** Its lines in the paper's order. */
  List<Row> rows() {
    Row baseline = new Row("Baseline", Arm.XAR, Arm.XAR, 1.72);
    return switch (this) {
      case ARCHITECTURES -> architectures();
      case INITIALIZATION ->
          List.of(
              baseline,
              row("Identity", Arm.BAR, 1.56),
              row("Orthogonal", Arm.ORTHOGONAL_START, 1.66));
      case PROJECTION ->
          List.of(
              baseline,
              row("None", Arm.NO_PROJECTION, 1.70),
              row("Hard", Arm.HARD_PROJECTION, 1.66),
              row("Soft", Arm.BAR, 1.56));
      case OBJECTIVE ->
          List.of(
              baseline, row("Plain loss", Arm.PLAIN, 1.64), row("Residual loss", Arm.BAR, 1.56));
      case OFFLINE ->
          List.of(
              baseline,
              row("Offline basis (PCA)", Arm.OFFLINE, 1.65),
              row("Online learned basis", Arm.BAR, 1.56));
      case CONVERGENCE ->
          List.of(
              new Row("No basis", Arm.XAR, Arm.XAR, Double.NaN), row("BAR", Arm.BAR, Double.NaN));
      case GALLERY -> gallery();
    };
  }

  /** Groups of arms, each from best to worst by the paper's figures. */
  List<List<Row>> publishedOrder() {
    List<Row> rows = rows();
    return switch (this) {
      case ARCHITECTURES ->
          List.of(
              List.of(rows.get(1), rows.get(0)),
              List.of(rows.get(3), rows.get(2)),
              List.of(rows.get(5), rows.get(4)));
      case CONVERGENCE -> List.of(List.of(rows.get(1), rows.get(0)));
      case GALLERY -> List.of();
      case INITIALIZATION, PROJECTION, OBJECTIVE, OFFLINE ->
          List.of(
              rows.stream()
                  .sorted((left, right) -> Double.compare(left.published(), right.published()))
                  .toList());
    };
  }

  private static Row row(String label, Arm arm, double published) {
    return new Row(label, arm, Arm.XAR, published);
  }

  private static List<Row> architectures() {
    List<Row> rows = new ArrayList<>();
    addPair(rows, ModelSize.BASE, 1.72, 1.56);
    addPair(rows, ModelSize.LARGE, 1.28, 1.21);
    addPair(rows, ModelSize.HUGE, 1.24, 1.15);
    return rows;
  }

  private static void addPair(List<Row> rows, ModelSize size, double plain, double rotated) {
    Arm baseline = Arm.XAR.with(size);
    String name = size.letter().toUpperCase(Locale.ROOT);
    rows.add(new Row(name, baseline, baseline, plain));
    rows.add(new Row(name + " + BAR", Arm.BAR.with(size), baseline, rotated));
  }

  private static List<Row> gallery() {
    List<Row> rows = new ArrayList<>();
    rows.add(new Row("No basis", Arm.XAR, Arm.XAR, Double.NaN));
    for (TransformKind transform : TransformKind.values()) {
      if (transform != TransformKind.XAR && transform != TransformKind.LEARNED) {
        String name = transform.name().toLowerCase(Locale.ROOT).replace('_', ' ');
        rows.add(row("Fixed: " + name, Arm.fixed(transform), Double.NaN));
      }
    }
    rows.add(row("Learned, plain loss", Arm.PLAIN, Double.NaN));
    rows.add(row("Learned, residual loss", Arm.BAR, Double.NaN));
    return rows;
  }
}

package org.basisar.bar.data;

import java.util.List;
import java.util.Objects;

/** Some images of a data set, in a given order. */
final class SelectedImages implements ImageData {
  private final ImageData all;
  private final int[] indices;
  private final String purpose;

  /**
   * A selection.
   *
   * @param indices into {@code all}, at least one
   * @param purpose for the description
   */
  SelectedImages(ImageData all, int[] indices, String purpose) {
    this.all = all;
    this.indices = indices.clone();
    this.purpose = purpose;
  }

  private int index(int index) {
    return indices[Objects.checkIndex(index, indices.length)];
  }

  @Override
  public int count() {
    return indices.length;
  }

  @Override
  public List<String> classNames() {
    return all.classNames();
  }

  @Override
  public int label(int index) {
    return all.label(index(index));
  }

  @Override
  public int side() {
    return all.side();
  }

  @Override
  public int channels() {
    return all.channels();
  }

  @Override
  public void read(int index, boolean flip, float[] destination, int offset) {
    all.read(index(index), flip, destination, offset);
  }

  @Override
  public void draw(int index, boolean flip, long seed, float[] destination, int offset) {
    all.draw(index(index), flip, seed, destination, offset);
  }

  @Override
  public boolean laborious() {
    return all.laborious();
  }

  @Override
  public void expect(int index) {
    all.expect(index(index));
  }

  @Override
  public String describe() {
    return all.describe() + ", " + indices.length + " of them " + purpose;
  }
}

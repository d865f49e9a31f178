package org.basisar.bar.report;

import java.util.Locale;

/**
 * What the report says about a kind of picture.
 *
 * @param order kinds with a smaller number come first
 * @param half whether two such pictures fit side by side
 * @param heading a few words
 * @param alternative what the picture shows, for a reader who cannot see it
 * @param explanation a paragraph for someone who has not read the paper
 */
record PictureWords(
    int order, boolean half, String heading, String alternative, String explanation) {

  private static final PictureWords SAMPLES =
      new PictureWords(
          0,
          false,
          "Samples",
          "a grid of images the model generated",
          "Images the model made from noise alone, nothing picked by hand. Where rows are named, the"
              + " model was asked for that class.");

  private static final PictureWords PREFIX =
      new PictureWords(
          1,
          false,
          "Generation by prefix",
          "a grid in which each row is one generated image decoded from more and more of its tokens",
          "Each row is one generated image; the number above a column is how many of its tokens were"
              + " decoded, as if nothing were known of the others: where a token is a single patch, patches that"
              + " are missing are grey. When the basis has learned to put what"
              + " matters most into the first tokens, a few of them already give the whole image,"
              + " blurred, and the later ones add detail.");

  private static final PictureWords REAL =
      new PictureWords(
          2,
          false,
          "Training images",
          "a grid of images from the data set",
          "Images the model learned from, to compare the samples with.");

  private static final PictureWords RECONSTRUCTION =
      new PictureWords(
          3,
          false,
          "Reconstructions",
          "a grid of images that were encoded to tokens and decoded again",
          "Images turned into tokens and back. What is lost here no model on these tokens can"
              + " restore.");

  private static final PictureWords HEAT_MAPS =
      new PictureWords(
          4,
          false,
          "Basis vectors",
          "heat maps of basis vectors, each drawn on the grid of image patches",
          "Each square is one basis vector, laid out as the patches of the image lie; the number above"
              + " it is k, its place in the order of generation. Darker patches weigh more in token k."
              + " Each square has a scale of its own, which leaves out"
              + " single weights that stand far above or below the others. Without learning, each square would have a single dark patch; broad smooth shapes first and"
              + " fine stripes later mean that the model found for itself that coarse comes before"
              + " fine.");

  private static final PictureWords MATRIX =
      new PictureWords(
          5,
          true,
          "The basis as a matrix",
          "the basis matrix as colours, one row for each token and one column for each patch",
          "The matrix A that turns patches into tokens: row k makes token k, columns are patches in"
              + " the order the model sees them. Red is a positive weight, blue a negative one. A model"
              + " without a learned basis would show a single red diagonal.");

  private static final PictureWords DEVIATION =
      new PictureWords(
          6,
          true,
          "Where the basis is not orthogonal",
          "the matrix A times its transpose minus the identity, as colours",
          "Entry (i, j) says how much basis vectors i and j overlap; on the diagonal, how far vector i"
              + " is from length one. White is perfect. The scale beside it is part of the message:"
              + " it shrinks with the largest error.");

  private static final PictureWords ORDER =
      new PictureWords(
          4,
          true,
          "Order of generation",
          "the grid of image patches, each with the number of the step at which it is generated",
          "Each square is a patch of the image, and the number in it is the step at which its code is"
              + " generated: light first, dark last. Codes with one number are generated at once."
              + " Row by row is the usual order.");

  private static final PictureWords PERMUTATION =
      new PictureWords(
          5,
          true,
          "The order as a matrix",
          "a permutation matrix as colours, one row for each position and one column for each patch",
          "The matrix A that puts the codes of an image in order: row k has a single one, in the"
              + " column of the patch that position k holds. Row by row is the diagonal.");

  /** The words for a kind of picture in the folder {@code samples}. */
  static PictureWords ofSample(String kind) {
    String lower = kind.toLowerCase(Locale.ROOT);
    if (lower.contains("prefix")) {
      return PREFIX;
    }
    if (lower.contains("reconstruct")) {
      return RECONSTRUCTION;
    }
    return lower.contains("real") || lower.contains("data") || lower.contains("train")
        ? REAL
        : SAMPLES;
  }

  /** The words for a kind of picture in the folder {@code basis}. */
  static PictureWords ofBasis(String kind) {
    String lower = kind.toLowerCase(Locale.ROOT);
    if (lower.contains("deviation") || lower.contains("gram") || lower.contains("orthogonality")) {
      return DEVIATION;
    }
    if (lower.contains("order")) {
      return ORDER;
    }
    if (lower.contains("permutation")) {
      return PERMUTATION;
    }
    return lower.contains("matrix") ? MATRIX : HEAT_MAPS;
  }
}

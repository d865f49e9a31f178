package org.basisar.bar.data;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Semaphore;

/**
 * Images sorted into one folder per class. One folder around all the class folders ({@code
 * train/airplane/0000.jpg}) is passed over; images beside the class folders, or without any, form
 * the class {@value #LOOSE}. Classes are in the order of their names (of their numbers, if all
 * names are numbers), images in the order of their paths.
 */
final class ClassFolders {
  private static final String LOOSE = "images";
  private static final Comparator<String> BY_NUMBER =
      Comparator.comparing(
              (String name) -> name.replaceFirst("^0+(?=\\d)", ""),
              Comparator.comparingInt(String::length))
          .thenComparing(name -> name.replaceFirst("^0+(?=\\d)", ""))
          .thenComparing(Comparator.naturalOrder());

  private ClassFolders() {}

  /**
   * Decodes all files, on all processors.
   *
   * @param source the folder or archive, for messages
   */
  static ImageData load(String source, List<EncodedFile> unsorted, int side, long byteBudget) {
    check(source, unsorted);
    Limits.checkDecoded(source, unsorted.size(), 3, side, byteBudget);
    List<EncodedFile> files =
        unsorted.stream().sorted(Comparator.comparing(EncodedFile::path)).toList();
    int[] labels = new int[files.size()];
    List<String> classNames = label(files, labels);
    byte[][] images = new byte[files.size()][];
    Semaphore pixelsInFlight = ImageDecoder.pixelPermits();
    ParallelWork.run(files.size(), () -> new Decoding(source, files, side, images, pixelsInFlight));
    return new StoredImages(source, classNames, side, 3, images, labels);
  }

  /** Refuses a source without images, or with too many. */
  static void check(String source, List<EncodedFile> files) {
    if (files.isEmpty()) {
      throw new DataException(
          "%s holds no PNG, JPEG, GIF or BMP image; give a folder, zip or tar of class folders."
              .formatted(source));
    }
    if (files.size() > Limits.IMAGES) {
      throw new DataException(
          "%s holds more than %d images; split it.".formatted(source, Limits.IMAGES));
    }
  }

  private static final class Decoding implements ParallelWork.Worker {
    private final String source;
    private final List<EncodedFile> files;
    private final int side;
    private final byte[][] images;
    private final ImageDecoder decoder;

    Decoding(
        String source,
        List<EncodedFile> files,
        int side,
        byte[][] images,
        Semaphore pixelsInFlight) {
      this.source = source;
      this.files = files;
      this.side = side;
      this.images = images;
      this.decoder = new ImageDecoder(pixelsInFlight);
    }

    @Override
    public void run(int index) {
      EncodedFile file = files.get(index);
      String name = file.path() + " in " + source;
      images[index] = decoder.decode(name, file.content().read(), side);
    }

    @Override
    public void close() {
      decoder.close();
    }
  }

  /** Fills {@code labels} and returns the class names. */
  static List<String> label(List<EncodedFile> files, int[] labels) {
    int below = lengthOfRoot(files);
    List<String> names = new ArrayList<>(files.size());
    for (EncodedFile file : files) {
      int end = file.path().indexOf('/', below);
      names.add(end < 0 ? LOOSE : file.path().substring(below, end));
    }
    boolean numbers = names.stream().allMatch(name -> name.matches("\\d+"));
    Comparator<String> order = numbers ? BY_NUMBER : Comparator.naturalOrder();
    List<String> classNames = names.stream().distinct().sorted(order).toList();
    for (int index = 0; index < labels.length; index++) {
      labels[index] = Collections.binarySearch(classNames, names.get(index), order);
    }
    return classNames;
  }

  /** The length of "root/" if every image lies in a folder of one common root folder, else 0. */
  private static int lengthOfRoot(List<EncodedFile> files) {
    String first = files.getFirst().path();
    String root = first.substring(0, first.indexOf('/') + 1);
    boolean common =
        !root.isEmpty()
            && files.stream()
                .allMatch(file ->
                    file.path().startsWith(root) && file.path().indexOf('/', root.length()) > 0);
    return common ? root.length() : 0;
  }
}

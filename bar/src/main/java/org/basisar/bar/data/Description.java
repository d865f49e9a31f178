package org.basisar.bar.data;

/** The one-line description that all sources share. */
final class Description {
  private Description() {}

  static String of(String source, ImageData images) {
    int classes = images.classNames().size();
    return "%s: %d images of %dx%d pixels, %s, %d %s"
        .formatted(
            source,
            images.count(),
            images.side(),
            images.side(),
            images.channels() == 1 ? "grey" : "colour",
            classes,
            classes == 1 ? "class" : "classes");
  }
}

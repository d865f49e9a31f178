/**
 * The frozen networks in whose features the field compares images: Inception of 2015, DINOv2, CLIP
 * and VGG16, under the keys of the public weight files, each with the preparation of images that
 * its figures are defined by.
 *
 * <p>Forward only, on whatever device is current. No figures, no files of images, no command lines;
 * weights come from a path the user gives and are never fetched.
 */
@NullMarked
package org.basisar.bar.metrics.network;

import org.jspecify.annotations.NullMarked;

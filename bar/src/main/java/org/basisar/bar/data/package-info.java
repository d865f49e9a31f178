/**
 * Where training pictures come from: the procedural data set, folders and archives of class
 * folders, CIFAR-10 binaries and IDX files, all behind {@link org.basisar.bar.data.ImageData},
 * which speaks in plain arrays. Every byte read here is untrusted: sizes are checked before memory
 * is taken, and each fault is one sentence that names the file. Tensors, models, training and
 * latents may not enter.
 */
@NullMarked
package org.basisar.bar.data;

import org.jspecify.annotations.NullMarked;

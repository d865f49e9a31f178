/**
 * PyTorch's files: {@code .pth}, {@code .pt} and {@code .ckpt}, the zip format and the one before
 * it.
 *
 * <p>Such a file is a program for a stack machine. The room runs it on a machine that can make
 * tensors and plain containers and nothing else; a name of any other class or function ends the
 * reading with one sentence. Nothing in here may load a class, call what a file names, write where
 * a file says, or set aside memory because a file asks for it.
 */
@NullMarked
package org.basisar.nn.io.pytorch;

import org.jspecify.annotations.NullMarked;

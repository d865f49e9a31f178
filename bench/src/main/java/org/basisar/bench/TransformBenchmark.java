package org.basisar.bench;

/** {@link TransformPaths} with operands that may still lie in the caches from the call before. */
public class TransformBenchmark extends TransformPaths {}

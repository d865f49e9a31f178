package org.basisar.bench;

/** {@link ResidualPaths} with operands that may still lie in the caches from the call before. */
public class ResidualBenchmark extends ResidualPaths {}

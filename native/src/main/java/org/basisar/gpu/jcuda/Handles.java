package org.basisar.gpu.jcuda;

import jcuda.driver.CUcontext;
import jcuda.driver.CUfunction;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUmodule;
import jcuda.driver.CUstream;
import jcuda.jcublas.cublasHandle;

/** JCuda's handles with the number inside them, for calls that go past JCuda. */
final class Handles {
  private Handles() {}

  static final class Context extends CUcontext {
    long value() {
      return getNativePointer();
    }
  }

  static final class Stream extends CUstream {
    long value() {
      return getNativePointer();
    }
  }

  static final class Module extends CUmodule {
    long value() {
      return getNativePointer();
    }
  }

  static final class Function extends CUfunction {
    long value() {
      return getNativePointer();
    }
  }

  static final class Graph extends CUgraph {
    long value() {
      return getNativePointer();
    }
  }

  static final class Executable extends CUgraphExec {
    long value() {
      return getNativePointer();
    }
  }

  static final class Blas extends cublasHandle {
    long value() {
      return getNativePointer();
    }
  }
}

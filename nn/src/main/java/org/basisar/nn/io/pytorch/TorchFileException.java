package org.basisar.nn.io.pytorch;

/** A PyTorch file that is refused, or a request it cannot answer. One sentence says why. */
public final class TorchFileException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What was wrong, for callers that decide by kind. */
  public enum Reason {
    /** The file does not exist or the system refuses to read it. */
    UNREADABLE,
    /** Neither a zip nor a pickle of PyTorch. */
    FORMAT,
    /** The zip container is damaged, ambiguous or uses what PyTorch never does. */
    CONTAINER,
    /** A name in the container that is no plain path below one folder. */
    PATH,
    /** More than this reader is willing to unpack. */
    LIMIT,
    /** A pickle that ends too early or is not well formed. */
    PICKLE,
    /** An instruction of pickle that tensors and plain containers do not need. */
    INSTRUCTION,
    /** A class or function that is no tensor and no plain container. */
    FORBIDDEN_CLASS,
    /** Containers that contain themselves or multiply beyond measure. */
    STRUCTURE,
    /** A storage that is missing, of the wrong size or described twice differently. */
    STORAGE,
    /** A tensor whose shape, strides or offset do not fit its storage. */
    TENSOR,
    /** Data that do not match their checksum. */
    CHECKSUM,
    /** The file has no such entry. */
    NO_SUCH_ENTRY,
    /** The tensor has a type that cannot be delivered as asked. */
    UNSUPPORTED_TYPE,
    /** A name given to the writer twice. */
    DUPLICATE_NAME,
    /** The system refuses to write the file. */
    UNWRITABLE
  }

  private final Reason reason;

  TorchFileException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  TorchFileException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** The kind of fault. */
  public Reason reason() {
    return reason;
  }
}

package org.basisar.nn.io.numpy;

/** A NumPy file that is refused, or a request it cannot answer. One sentence says why. */
public final class NumpyException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What was wrong, for callers that decide by kind. */
  public enum Reason {
    /** The file does not exist or the system refuses to read it. */
    UNREADABLE,
    /** Neither an array nor a zip of arrays. */
    FORMAT,
    /** The zip is damaged, ambiguous or uses what NumPy never does. */
    CONTAINER,
    /** A header that is not as NumPy writes them. */
    HEADER,
    /** Objects, structures, texts, or numbers of a kind that is not read. */
    TYPE,
    /** More than the reader was told to accept. */
    LIMIT,
    /** Fewer or more bytes than the header promises, or others than the checksum is of. */
    DATA,
    /** The file has no such array. */
    NO_SUCH_ARRAY,
    /** A name given to the writer twice or one that no file could have. */
    NAME,
    /** The system refuses to write the file. */
    UNWRITABLE
  }

  private final Reason reason;

  NumpyException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  NumpyException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** The kind of fault. */
  public Reason reason() {
    return reason;
  }
}

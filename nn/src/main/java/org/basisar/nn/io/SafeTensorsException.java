package org.basisar.nn.io;

/** A safetensors file that is refused, or a request it cannot answer. One sentence says why. */
public final class SafeTensorsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What was wrong, for callers that decide by kind. */
  public enum Reason {
    /** The file does not exist or the system refuses to read it. */
    UNREADABLE,
    /** Fewer than the 8 bytes of the header length. */
    TOO_SHORT,
    /** The header length is zero. */
    HEADER_EMPTY,
    /** The header length is over {@link SafeTensorsReader#MAX_HEADER_BYTES}, or negative. */
    HEADER_TOO_LARGE,
    /** The header reaches past the end of the file. */
    HEADER_TRUNCATED,
    /** The header does not start with a brace. */
    HEADER_START,
    /** The header is not UTF-8. */
    HEADER_NOT_UTF8,
    /** The header is not a JSON object, nests too deep or holds too many values. */
    HEADER_NOT_JSON,
    /** Two tensors, or two fields of a tensor, have one name. */
    DUPLICATE_NAME,
    /** {@code __metadata__} is not a map of strings. */
    METADATA,
    /** A tensor lacks a field, has an unknown one, or one of the wrong JSON type. */
    ENTRY,
    /** The dtype is none that the format knows. */
    UNKNOWN_TYPE,
    /** An extent is negative, no whole number, or over 2^31-1. */
    EXTENT,
    /** The shape holds more elements than can be addressed. */
    SHAPE_OVERFLOW,
    /** An offset is negative, no whole number, or the end lies before the begin. */
    OFFSETS,
    /** Shape times dtype is not the length of the byte range. */
    SIZE_MISMATCH,
    /** Two tensors share bytes. */
    OVERLAP,
    /** Bytes between two tensors belong to nobody. */
    HOLE,
    /** The last tensor reaches past the end of the file. */
    DATA_TRUNCATED,
    /** Bytes follow the last tensor. */
    TRAILING_BYTES,
    /** The file has no tensor of the asked name. */
    NO_SUCH_TENSOR,
    /** The tensor has a dtype that the request cannot take without losing something. */
    UNSUPPORTED_TYPE,
    /** A source delivered more or fewer elements than the shape of its tensor. */
    SOURCE_LENGTH,
    /** The system refused to write. */
    UNWRITABLE
  }

  private final Reason reason;

  SafeTensorsException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  SafeTensorsException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** The kind of fault. */
  public Reason reason() {
    return reason;
  }
}

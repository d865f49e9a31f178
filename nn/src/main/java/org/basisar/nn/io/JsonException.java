package org.basisar.nn.io;

/** A JSON text or value that is not what was asked for. The message is one sentence. */
public final class JsonException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What was wrong, for callers that decide by kind. */
  public enum Reason {
    /** The text does not follow the grammar of RFC 8259. */
    SYNTAX,
    /** The bytes are not well-formed UTF-8. */
    NOT_UTF8,
    /** Arrays and objects nest deeper than {@link Json#MAX_DEPTH}. */
    TOO_DEEP,
    /** The text holds more than {@link Json#MAX_VALUES} values. */
    TOO_MANY_VALUES,
    /** An object has two members of one name. */
    DUPLICATE_NAME,
    /** An object lacks a member that was asked for. */
    MISSING_NAME,
    /** An object has members nobody knows. */
    UNKNOWN_NAME,
    /** A value exists but has another type, or a number is out of the asked range. */
    WRONG_TYPE
  }

  private final Reason reason;
  private final int line;
  private final int column;

  JsonException(Reason reason, String message) {
    this(reason, message, 0, 0);
  }

  JsonException(Reason reason, String message, int line, int column) {
    super(message);
    this.reason = reason;
    this.line = line;
    this.column = column;
  }

  /** The kind of fault. */
  public Reason reason() {
    return reason;
  }

  /** Line of the fault in the text, from 1; 0 when the fault is in a value, not in a text. */
  public int line() {
    return line;
  }

  /** Column of the fault in characters, from 1; 0 when the fault is in a value. */
  public int column() {
    return column;
  }
}

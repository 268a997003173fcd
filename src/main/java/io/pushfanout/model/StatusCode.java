package io.pushfanout.model;

import org.jspecify.annotations.Nullable;

/**
 * The status codes of gRPC, in the order of their numbers 0 to 16 (grpc/doc/statuscodes.md).
 *
 * <p>The engine has its own enum, so that it depends on no gRPC library.
 */
public enum StatusCode {
  OK,
  CANCELLED,
  UNKNOWN,
  INVALID_ARGUMENT,
  DEADLINE_EXCEEDED,
  NOT_FOUND,
  ALREADY_EXISTS,
  PERMISSION_DENIED,
  RESOURCE_EXHAUSTED,
  FAILED_PRECONDITION,
  ABORTED,
  OUT_OF_RANGE,
  UNIMPLEMENTED,
  INTERNAL,
  UNAVAILABLE,
  DATA_LOSS,
  UNAUTHENTICATED;

  private static final StatusCode[] BY_NUMBER = values();

  /**
   * Returns the code of a {@code grpc-status} header; {@link #UNKNOWN} for anything but 0 to 16.
   */
  public static StatusCode ofHeader(@Nullable CharSequence grpcStatus) {
    if (grpcStatus == null || grpcStatus.isEmpty() || grpcStatus.length() > 2) {
      return UNKNOWN;
    }
    int number = 0;
    for (int i = 0; i < grpcStatus.length(); i++) {
      char digit = grpcStatus.charAt(i);
      if (digit < '0' || digit > '9') {
        return UNKNOWN;
      }
      number = number * 10 + (digit - '0');
    }
    return number < BY_NUMBER.length ? BY_NUMBER[number] : UNKNOWN;
  }

  /** Returns the code of a failure; {@link #UNKNOWN} for 0 and for numbers that are no code. */
  public static StatusCode ofFailure(int number) {
    return number > 0 && number < BY_NUMBER.length ? BY_NUMBER[number] : UNKNOWN;
  }

  /** Returns the code's number in {@code grpc-status}, 0 to 16. */
  @SuppressWarnings("EnumOrdinal") // The constants are in the order of their numbers.
  public int number() {
    return ordinal();
  }

  /** Returns whether {@code retry} applies, because another attempt may succeed. */
  public boolean retryable() {
    return this == UNAVAILABLE || this == DEADLINE_EXCEEDED;
  }
}

package io.pushfanout.server;

import io.pushfanout.server.Conversation.Outcome;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * A difference between the transports that is meant: a defect of gRPC's library, or a gain of own
 * frames. Codes that callers see are the same but where the library has the wrong one.
 */
enum TransportDifference {
  /** The library resets the stream by INTERNAL_ERROR; callers get INTERNAL without a reason. */
  MALFORMED_TIMEOUT(" RST 2", ".*grpc-message: grpc-timeout: must .*grpc-status: 13] END"),

  /** The library resets the stream by CANCEL, as if the caller had cancelled. */
  SECOND_MESSAGE(" RST 8", ".*grpc-message: a second message follows.*grpc-status: 13] END"),

  /** The library reads a second message to its end before it refuses the call. */
  HALF_SECOND_MESSAGE(
      "|.*grpc-status: (3|8|13)] END",
      ".*grpc-message: a second message follows.*grpc-status: 13] END"),

  /** The library's reflection ends by CANCELLED for each fault of a request. */
  REFLECTION_FAULT(".*client cancelled, grpc-status: 1].*", ".*grpc-status: (13|8)].* END"),

  /** The library ignores a message of which only the prefix came. */
  PREFIX_ALONE(
      ".*(has no message, grpc-status: 3|without a request, grpc-status: 13|grpc-status: 0)].* END"
          + "|.*0000000002080[23]",
      ".*(end-of-stream mid-frame|a second message follows).*grpc-status: 13].* END"),

  /** The library does not name the flag that sets the limit. */
  TOO_LARGE(
      ".*grpc-message: gRPC message exceeds maximum size \\d+: -?\\d+, grpc-status: 8] END",
      ".* is larger than \\d+ bytes.*grpc-status: 8] END"),

  /**
   * The library fails within, answers UNKNOWN and logs a stack trace, when a message cannot be
   * decompressed or parsed, or is too large once it is decompressed.
   */
  FAILURE(
      ".*grpc-message: Application error processing RPC, grpc-status: 2] END",
      ".*( cannot be (decompressed|parsed).*grpc-status: 3| is larger than \\d+"
          + " bytes.*grpc-status: 8)] END"),

  /** RFC 9113, 8.2 and 8.3: such a request is malformed. The library serves it, or fails. */
  MALFORMED_HEADERS(
      ".*(grpc-status: [03]]( [0-9a-f]+)? END| RST 2|Method '(null)?' is not supported.*|path but is missing.*)",
      " RST 1"),

  /** The library reads binary metadata that it does not use. */
  BINARY_METADATA(" RST 1", ".*grpc-message: the call has no message, grpc-status: 3] END"),

  /** A request with several faults is refused for one of them. */
  SEVERAL_FAULTS(
      "|(?!.*grpc-status: 0]).* (END|RST \\d+)", "(?!.*grpc-status: 0]).* (END|RST \\d+)"),

  /** A text of the caller is shown in part, and beyond ASCII as Latin-1. */
  SHOWN_TEXT(
      ".*(Method not found|Content-Type|%EF%BF%BD).*", ".*(Method not found|Content-Type|%C3).*"),

  /** Long headers cost their call alone; the library ends the connection. */
  LONG_HEADERS("|GOAWAY 1|closed", "|open|.*(:status: 431|grpc-status: 0).*");

  private final Pattern library;
  private final Pattern frames;

  TransportDifference(String library, String frames) {
    this.library = Pattern.compile(library);
    this.frames = Pattern.compile(frames);
  }

  /** Returns whether the answers are the same, but for these differences. */
  static boolean isSame(Outcome library, Outcome frames, Set<TransportDifference> but) {
    Set<Integer> streams = new TreeSet<>(library.streams().keySet());
    streams.addAll(frames.streams().keySet());
    return isSame(library.connection(), frames.connection(), but)
        && streams.stream()
            .allMatch(
                id ->
                    isSame(
                        library.streams().getOrDefault(id, ""),
                        frames.streams().getOrDefault(id, ""),
                        but));
  }

  private static boolean isSame(String library, String frames, Set<TransportDifference> but) {
    return library.equals(frames)
        || but.stream()
            .anyMatch(
                each ->
                    each.library.matcher(library).matches()
                        && each.frames.matcher(frames).matches());
  }
}

package io.pushfanout.app;

import java.util.regex.Pattern;

/**
 * A port to listen on.
 *
 * @param number from 0 to 65535; 0 picks a free one
 */
record Port(int number) {
  private static final Pattern WHOLE = Pattern.compile("-?[0-9]{1,9}");

  Port {
    if (number < 0 || number > 65535) {
      throw new IllegalArgumentException("must be from 0 to 65535, is " + number);
    }
  }

  static Port parse(String text) {
    if (!WHOLE.matcher(text).matches()) {
      throw new IllegalArgumentException("must be from 0 to 65535, is \"" + text + "\"");
    }
    return new Port(Integer.parseInt(text));
  }

  /**
   * Two servers cannot have one port, unless each picks a free one.
   *
   * @throws UsageException when they are told to
   */
  static void requireApart(Port grpc, Port http) {
    if (grpc.number != 0 && grpc.equals(http)) {
      throw new UsageException("--http-port", "must differ from --grpc-port, is " + http.number);
    }
  }
}

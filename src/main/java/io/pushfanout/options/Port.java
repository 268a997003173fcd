package io.pushfanout.options;

import java.util.regex.Pattern;

/**
 * A port to listen on.
 *
 * @param number from 0 to 65535; 0 picks a free one
 */
public record Port(int number) {
  private static final Pattern WHOLE = Pattern.compile("-?[0-9]{1,9}");

  public Port {
    if (number < 0 || number > 65535) {
      throw new IllegalArgumentException("must be from 0 to 65535, is " + number);
    }
  }

  public static Port parse(String text) {
    if (!WHOLE.matcher(text).matches()) {
      throw new IllegalArgumentException("must be from 0 to 65535, is \"" + text + "\"");
    }
    return new Port(Integer.parseInt(text));
  }

  /**
   * Rejects one port for two servers, unless each picks a free one.
   *
   * @throws UsageException if both ports are the same, and not 0
   */
  public static void requireApart(Port grpc, Port http) {
    if (grpc.number != 0 && grpc.equals(http)) {
      throw new UsageException("--http-port", "must differ from --grpc-port, is " + http.number);
    }
  }
}

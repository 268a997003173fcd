package io.pushfanout.discovery;

import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.Printable;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** What one key of a service says. */
sealed interface Registration {
  /** A value longer than this is not read: an address and its metadata are far from it. */
  int LONGEST_VALUE = 64 * 1024;

  /** No {@code host:port} is as long, whatever its form. */
  int LONGEST_ADDRESS = 300;

  int LONGEST_PROBLEM = 200;

  /** A connect-node. */
  record Node(NodeAddress address) implements Registration {}

  /**
   * Nothing that can be dialled.
   *
   * @param problem one short line
   */
  record Malformed(String problem) implements Registration {}

  /**
   * Reads a registration. The value decides: a plain {@code host:port}, or the JSON of etcd's
   * naming API; an empty value means what the key says.
   *
   * @param suffix of the key, below its service's prefix
   */
  static Registration parse(String suffix, byte[] value) {
    if (value.length > LONGEST_VALUE) {
      return new Malformed(
          "the value has %d bytes, %d are read at most".formatted(value.length, LONGEST_VALUE));
    }
    try {
      String text = utf8(value).strip();
      if (text.startsWith("{")) {
        return new Node(address(NamingJson.address(text)));
      }
      return new Node(address(text.isEmpty() ? suffix : text));
    } catch (CharacterCodingException _) {
      return new Malformed("the value is not UTF-8");
    } catch (IllegalArgumentException e) {
      return new Malformed(Printable.line(String.valueOf(e.getMessage()), LONGEST_PROBLEM));
    }
  }

  private static NodeAddress address(String text) {
    if (text.length() > LONGEST_ADDRESS) {
      throw new IllegalArgumentException("not host:port: %d characters".formatted(text.length()));
    }
    return NodeAddress.parse(text);
  }

  private static String utf8(byte[] value) throws CharacterCodingException {
    return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value)).toString();
  }
}

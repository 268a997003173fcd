package io.pushfanout.discovery;

import io.pushfanout.discovery.RegistrationJson.NotJsonException;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.NodeAddress.AddressException;
import io.pushfanout.text.Printable;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;

/** The content of one key of a service. */
sealed interface Registration {
  /** Limit of a value in bytes: an address with its metadata is far below it. */
  int LONGEST_VALUE = 64 * 1024;

  int LONGEST_PROBLEM = 200;

  /** The beginning of a JSON list, unlike the bracket of an IPv6 address. */
  Pattern LIST = Pattern.compile("\\[\\s*[]\\[{\"]");

  /** A connect-node. */
  record Node(NodeAddress address) implements Registration {}

  /**
   * A directory's key, which some programs write at the prefix of their keys; it is not malformed.
   */
  record Directory() implements Registration {}

  /**
   * A key without an address to dial.
   *
   * @param problem one short line
   */
  record Malformed(String problem) implements Registration {}

  /**
   * Reads a registration from the value: an address, or JSON with one. If the value is empty, it is
   * read from the key.
   *
   * @param suffix rest of the key, below its service's prefix
   * @param quoting whether problems may quote the value: a tenant that chose the prefix reads them,
   *     and may have no other right to read the value
   */
  static Registration parse(String suffix, byte[] value, boolean quoting) {
    if (value.length > LONGEST_VALUE) {
      return new Malformed(
          "the value has %d bytes, %d are read at most".formatted(value.length, LONGEST_VALUE));
    }
    try {
      String text = utf8(value).strip();
      if (text.isEmpty()) {
        return suffix.isEmpty() || suffix.endsWith("/")
            ? new Directory()
            : new Node(AddressText.parse(suffix));
      }
      return new Node(text.startsWith("{") ? ofJson(suffix, text) : ofText(suffix, text));
    } catch (CharacterCodingException _) {
      return new Malformed("the value is not UTF-8");
    } catch (AddressException e) {
      return malformed(quoting ? String.valueOf(e.getMessage()) : e.problem());
    } catch (NotJsonException e) {
      return malformed(quoting ? String.valueOf(e.getMessage()) : NotJsonException.PROBLEM);
    } catch (IllegalArgumentException e) {
      return malformed(String.valueOf(e.getMessage()));
    }
  }

  private static NodeAddress ofJson(String suffix, String json) {
    Optional<String> address = RegistrationJson.address(json);
    if (address.isPresent()) {
      return AddressText.parse(address.get());
    }
    try {
      return ofKey(suffix);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "the JSON has no address, and the key has none: " + e.getMessage(), e);
    }
  }

  /**
   * Returns the address in a key. GoFrame has the version before the addresses, and its own clients
   * take the first address.
   */
  private static NodeAddress ofKey(String suffix) {
    String addresses = suffix.substring(suffix.lastIndexOf('/') + 1);
    int comma = addresses.indexOf(',');
    return AddressText.parse(comma < 0 ? addresses : addresses.substring(0, comma));
  }

  /**
   * Returns the address in a text. The value of a key that names its network is metadata (rpcx),
   * unless it is an address.
   */
  private static NodeAddress ofText(String suffix, String text) {
    if (LIST.matcher(text).lookingAt()) {
      throw new IllegalArgumentException("the JSON is a list, and no object");
    }
    try {
      return AddressText.parse(text);
    } catch (IllegalArgumentException e) {
      if (AddressText.namesItsNetwork(suffix)) {
        return AddressText.parse(suffix);
      }
      throw e;
    }
  }

  private static Malformed malformed(String problem) {
    return new Malformed(Printable.line(problem, LONGEST_PROBLEM));
  }

  private static String utf8(byte[] value) throws CharacterCodingException {
    return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value)).toString();
  }
}

package io.pushfanout.model;

import com.google.common.net.InetAddresses;
import io.pushfanout.fuzz.FuzzTarget;
import io.pushfanout.fuzz.Held;
import java.net.InetAddress;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A fuzz test of the text of an address. */
public final class NodeAddressFuzz implements FuzzTarget {
  private static final int LONGEST_MESSAGE = 160;

  /** Brackets, 253 characters of a name, colon and port. */
  private static final int LONGEST = 2 + 253 + 6;

  @Override
  public String name() {
    return "node-address";
  }

  @Override
  public void take(byte[] input) {
    String text = Held.text(input);
    NodeAddress address;
    try {
      address = NodeAddress.parse(text);
    } catch (IllegalArgumentException e) {
      Held.line(e.getMessage(), LONGEST_MESSAGE);
      return;
    }
    String normal = address.toString();
    Held.that(NodeAddress.parse(normal).equals(address), "not itself", text, address);
    Held.that(normal.length() <= LONGEST, "too long", normal);
    Held.that(normal.equals(normal.toLowerCase(Locale.ROOT)), "not in lower case", normal);
    Held.that(normal.chars().allMatch(c -> c > ' ' && c < 0x7f), "not ASCII", normal);
    Held.that(NodeAddress.parse(text.toUpperCase(Locale.ROOT)).equals(address), "by case", text);
    // What is dialled is what is shown: no name that the system would read as another address.
    @Nullable InetAddress bySystem = literalBySystem(address.host());
    @Nullable InetAddress byGuava =
        InetAddresses.isInetAddress(address.host())
            ? InetAddresses.forString(address.host())
            : null;
    Held.that(
        bySystem == null ? byGuava == null : bySystem.equals(byGuava),
        "read as another address",
        text,
        normal,
        String.valueOf(bySystem));
  }

  private static @Nullable InetAddress literalBySystem(String host) {
    try {
      return InetAddress.ofLiteral(host);
    } catch (IllegalArgumentException _) {
      return null;
    }
  }
}

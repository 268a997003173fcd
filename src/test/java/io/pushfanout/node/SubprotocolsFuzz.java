package io.pushfanout.node;

import io.pushfanout.fuzz.FuzzTarget;
import io.pushfanout.fuzz.Held;
import java.util.List;

/**
 * A fuzz target for the subprotocols that a WebSocket handshake offers, one header on each line.
 */
public final class SubprotocolsFuzz implements FuzzTarget {
  private static final int LONGEST_MESSAGE = 120;

  @Override
  public String name() {
    return "subprotocols";
  }

  @Override
  public void take(byte[] input) {
    Subprotocols offer;
    try {
      offer = Subprotocols.parse(Held.text(input).lines().toList());
    } catch (IllegalArgumentException e) {
      Held.line(e.getMessage(), LONGEST_MESSAGE);
      return;
    }
    for (String each : offer.offered()) {
      // The selected subprotocol is written into a header.
      Held.that(!each.isEmpty() && each.chars().allMatch(c -> c > ' ' && c < 0x7f), "token", each);
    }
    if (!offer.offered().isEmpty()) {
      String again = String.join(" , ", offer.offered());
      Held.that(Subprotocols.parse(List.of(again)).equals(offer), "not itself", again);
    }
  }
}

package io.pushfanout.json;

import io.pushfanout.fuzz.FuzzTarget;
import io.pushfanout.fuzz.Held;
import io.pushfanout.json.BroadcastDocument.Item;

/** A fuzz target for the body of a broadcast by HTTP. */
public final class BroadcastDocumentFuzz implements FuzzTarget {
  private static final int LONGEST_MESSAGE = 300;

  @Override
  public String name() {
    return "broadcast-document";
  }

  @Override
  public void take(byte[] input) {
    BroadcastDocument document;
    try {
      document = BroadcastReader.read(input, input.length);
    } catch (IllegalArgumentException e) {
      Held.line(e.getMessage(), LONGEST_MESSAGE);
      return;
    }
    Held.that(document.isList() || document.items().size() == 1, "not one item", document);
    Held.that(document.items().size() <= BroadcastReader.ITEMS_MAX, "too many items", document);
    for (Item item : document.items()) {
      switch (item) {
        case Item.Invalid(String why) -> Held.line(why, LONGEST_MESSAGE);
        case Item.Valid(BroadcastItem valid) ->
            Held.that(
                valid.body().remaining() <= input.length
                    && (valid.room() == null || !valid.room().isEmpty()),
                "more than was sent",
                valid);
      }
    }
  }
}

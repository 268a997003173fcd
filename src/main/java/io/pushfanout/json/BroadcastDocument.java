package io.pushfanout.json;

import java.util.List;

/**
 * A JSON document of broadcasts, as a caller sends it.
 *
 * @param isList whether the document is a list, which gets a list of replies
 * @param items one, unless the document is a list
 */
public record BroadcastDocument(boolean isList, List<Item> items) {

  /** An item: a broadcast, or the reason why it is none. */
  public sealed interface Item {
    record Valid(BroadcastItem broadcast) implements Item {}

    /** An item that another item of the list does not suffer from; the text names the field. */
    record Invalid(String why) implements Item {}
  }
}

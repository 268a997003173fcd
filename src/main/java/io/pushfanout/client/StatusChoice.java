package io.pushfanout.client;

import io.pushfanout.client.ServerStatus.Fanout;
import io.pushfanout.model.FanoutName;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a table of the status shows.
 *
 * @param fanout the only one; null: all
 * @param top how many nodes of each fanout, the worst of them
 */
public record StatusChoice(@Nullable FanoutName fanout, int top) {
  /** Every node of every fanout. */
  public static final StatusChoice ALL = new StatusChoice(null, Integer.MAX_VALUE);

  boolean includes(Fanout of) {
    return fanout == null || fanout.toString().equals(of.name());
  }

  /**
   * @throws IOException when none of these is shown although one is named
   */
  void requireAny(List<Fanout> fanouts) throws IOException {
    if (fanout != null && fanouts.stream().noneMatch(this::includes)) {
      throw new IOException("the server has no fanout " + fanout);
    }
  }
}

package io.pushfanout.client;

import io.pushfanout.json.ServerStatus.Fanout;
import io.pushfanout.model.FanoutName;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A selection of the fanouts and nodes to show in a status table.
 *
 * @param fanout the only fanout; null: all
 * @param top maximum number of nodes of each fanout, the worst first
 */
public record StatusChoice(@Nullable FanoutName fanout, int top) {
  /** Every node of every fanout. */
  public static final StatusChoice ALL = new StatusChoice(null, Integer.MAX_VALUE);

  boolean includes(Fanout of) {
    return fanout == null || fanout.toString().equals(of.name());
  }

  /**
   * @throws IOException when the selected fanout does not exist
   */
  void requireAny(List<Fanout> fanouts) throws IOException {
    if (fanout != null && fanouts.stream().noneMatch(this::includes)) {
      throw new IOException("the server has no fanout " + fanout);
    }
  }
}

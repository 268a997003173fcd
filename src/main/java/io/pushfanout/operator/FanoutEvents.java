package io.pushfanout.operator;

import io.pushfanout.fanout.FanoutSnapshot;
import io.pushfanout.model.FanoutName;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Tells as Events what has happened to each fanout since it was last looked at. Who begins to tell
 * has seen nothing happen yet. For one thread.
 */
final class FanoutEvents {
  private final EventWriter writer;
  private Map<FanoutName, FanoutSnapshot> before = Map.of();

  FanoutEvents(EventWriter writer) {
    this.writer = writer;
  }

  void tell(List<KnownResource> resources, Map<FanoutName, FanoutSnapshot> now) {
    Map<FanoutName, FanoutSnapshot> last = before;
    before = new HashMap<>(now);
    for (KnownResource resource : resources) {
      FanoutSnapshot earlier = last.get(resource.name());
      FanoutSnapshot later = now.get(resource.name());
      if (earlier != null && later != null) {
        Happenings.between(earlier, later)
            .forEach(happening -> writer.write(resource.resource(), happening));
      }
    }
  }

  /** Somebody else tells now. */
  void forget() {
    before = Map.of();
  }
}

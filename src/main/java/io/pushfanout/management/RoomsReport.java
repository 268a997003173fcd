package io.pushfanout.management;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pushfanout.broadcast.Recipients.Holders;
import io.pushfanout.broadcast.Routes;
import io.pushfanout.interest.RoomName;
import io.pushfanout.json.Json;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.NodeAddress;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The answer to {@code /api/v1/rooms}: the nodes of one room's messages. */
public final class RoomsReport {
  private final Supplier<@Nullable Routes> routes;

  /** The JSON of the answer. */
  private record Room(String room, List<String> nodes, List<String> everything) {}

  /**
   * @param routes the present routes; null before the first
   */
  public RoomsReport(Supplier<@Nullable Routes> routes) {
    this.routes = routes;
  }

  Answer answer(HttpServerRequest request) {
    String name = request.getParam("room");
    RoomName room = name == null ? null : RoomName.of(name.getBytes(UTF_8));
    if (name == null || room == null) {
      return Answer.line(400, "room: must be a name of 1 to " + RoomName.MAX_BYTES + " bytes");
    }
    FanoutName fanout;
    try {
      String target = request.getParam("target");
      fanout = target == null || target.equals("all") ? null : FanoutName.parse(target);
    } catch (IllegalArgumentException _) {
      return Answer.line(400, "target: must be <namespace>/<name> of a fanout, or all");
    }
    Routes now = routes.get();
    Holders holders = now == null ? null : now.holders(room, fanout);
    if (holders == null) {
      return now == null
          ? Answer.line(503, "the nodes are not known yet")
          : Answer.line(404, "target: there is no fanout " + fanout);
    }
    Room found = new Room(name, addresses(holders.nodes()), addresses(holders.everything()));
    return new Answer(200, "application/json", Buffer.buffer(Json.bytes(found)));
  }

  private static List<String> addresses(List<NodeAddress> nodes) {
    return nodes.stream().map(NodeAddress::toString).toList();
  }
}

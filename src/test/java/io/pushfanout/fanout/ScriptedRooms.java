package io.pushfanout.fanout;

import io.pushfanout.delivery.InterestStream;
import io.pushfanout.interest.RoomName;
import io.pushfanout.interest.RoomUpdate;
import io.pushfanout.model.StatusCode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** A node's side of its stream of rooms. */
final class ScriptedRooms implements InterestStream {
  private final Listener listener;
  private long version;

  /** Confirmed updates. */
  final List<Long> applied = new ArrayList<>();

  boolean finished;
  boolean reset;

  ScriptedRooms(Listener listener) {
    this.listener = listener;
  }

  static RoomName room(String name) {
    return Objects.requireNonNull(RoomName.of(name.getBytes(StandardCharsets.UTF_8)));
  }

  private static List<RoomName> rooms(String... names) {
    return Stream.of(names).map(ScriptedRooms::room).toList();
  }

  /** Sends the whole listing. */
  void list(String... rooms) {
    update(new RoomUpdate(++version, true, rooms(rooms), List.of(), true));
  }

  /** Sends the begin of a listing. */
  void begin(String... rooms) {
    update(new RoomUpdate(++version, true, rooms(rooms), List.of(), false));
  }

  void complete() {
    update(new RoomUpdate(++version, false, List.of(), List.of(), true));
  }

  void join(String... rooms) {
    update(new RoomUpdate(++version, false, rooms(rooms), List.of(), false));
  }

  void leave(String... rooms) {
    update(new RoomUpdate(++version, false, List.of(), rooms(rooms), false));
  }

  void beat() {
    join();
  }

  void update(RoomUpdate update) {
    listener.onUpdate(update);
  }

  void end(StatusCode code) {
    listener.onEnded(code, "");
  }

  @Override
  public void applied(long applied) {
    this.applied.add(applied);
  }

  @Override
  public void finish() {
    finished = true;
  }

  @Override
  public void reset() {
    reset = true;
  }
}

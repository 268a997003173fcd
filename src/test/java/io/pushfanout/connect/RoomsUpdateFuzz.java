package io.pushfanout.connect;

import com.google.protobuf.InvalidProtocolBufferException;
import io.pushfanout.fuzz.FuzzTarget;
import io.pushfanout.fuzz.Held;
import io.pushfanout.interest.RoomName;
import io.pushfanout.interest.RoomUpdate;
import io.pushfanout.protocol.v1.RoomsUpdate;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A fuzz target for a node's update of its rooms; protobuf's parser is the second reader. */
public final class RoomsUpdateFuzz implements FuzzTarget {
  @Override
  public String name() {
    return "rooms-update";
  }

  @Override
  public void take(byte[] input) {
    RoomUpdate expected = byProtobuf(input);
    RoomUpdate read = null;
    try {
      read = RoomsUpdateReader.read(input);
    } catch (ProtocolException e) {
      Held.line(e.getMessage(), 100);
    }
    Held.that(same(expected, read), "not as protobuf", String.valueOf(read));
  }

  private static boolean same(@Nullable RoomUpdate one, @Nullable RoomUpdate other) {
    return one == null ? other == null : one.equals(other);
  }

  private static @Nullable RoomUpdate byProtobuf(byte[] input) {
    try {
      RoomsUpdate update = RoomsUpdate.parseFrom(input);
      boolean valid =
          Stream.concat(update.getJoinList().stream(), update.getLeaveList().stream())
              .allMatch(name -> RoomName.of(name.getBytes(StandardCharsets.UTF_8)) != null);
      return valid
          ? new RoomUpdate(
              update.getVersion(),
              update.getReset(),
              rooms(update.getJoinList()),
              rooms(update.getLeaveList()),
              update.getComplete())
          : null;
    } catch (InvalidProtocolBufferException _) {
      return null;
    }
  }

  private static List<RoomName> rooms(List<String> names) {
    return names.stream().map(name -> RoomName.of(name.getBytes(StandardCharsets.UTF_8))).toList();
  }
}

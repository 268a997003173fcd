package io.pushfanout.http2;

import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The open streams of a connection, by their ids, which are odd and go up (RFC 9113, 5.1.1). */
final class OpenStreams {
  private final IntObjectMap<ClientStream> open = new IntObjectHashMap<>();
  private int lastId = -1;

  /** Streams that the peer allows; no limit until its SETTINGS set one. */
  private int limit = Integer.MAX_VALUE;

  int limit() {
    return limit;
  }

  void limit(long allowed) {
    limit = (int) Math.min(allowed, Integer.MAX_VALUE);
  }

  boolean canOpen() {
    return open.size() < limit && lastId < Integer.MAX_VALUE;
  }

  void add(ClientStream stream) {
    if (stream.id != 0 || lastId == Integer.MAX_VALUE) {
      throw new IllegalStateException("opened twice, or no stream id is left");
    }
    lastId += 2;
    stream.id = lastId;
    stream.open = true;
    open.put(lastId, stream);
  }

  @Nullable ClientStream get(int id) {
    return open.get(id);
  }

  void remove(ClientStream stream) {
    stream.open = false;
    open.remove(stream.id);
  }

  /** Returns whether the stream was never opened or can never be. */
  boolean isIdle(int id) {
    return id > lastId || (id & 1) == 0;
  }

  boolean isEmpty() {
    return open.isEmpty();
  }

  boolean hasUpTo(int id) {
    return open.keySet().stream().anyMatch(each -> each <= id);
  }

  /** Returns the streams with higher ids than that, oldest first. */
  List<ClientStream> above(int id) {
    return open.values().stream()
        .filter(stream -> stream.id > id)
        .sorted(Comparator.comparingInt(stream -> stream.id))
        .toList();
  }
}

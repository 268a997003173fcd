package io.pushfanout.http2;

import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The open streams of a connection, by their ids, which are odd and go up (RFC 9113, 5.1.1).
 *
 * @param <S> the streams of this side
 */
final class OpenStreams<S extends ConnectionStream> {
  private final IntObjectMap<S> open = new IntObjectHashMap<>();
  private int lastId = -1;

  /** Stream that was found last: most often the next frame is of the same one. */
  private @Nullable S found;

  /** Streams that the accepting side allows; no limit until it sets one. */
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

  /** Opens a stream of this side, with the next id. */
  void add(S stream) {
    if (lastId == Integer.MAX_VALUE) {
      throw new IllegalStateException("no stream id is left");
    }
    accept(lastId + 2, stream);
  }

  /** Opens a stream of the peer, with an id above all before. */
  void accept(int id, S stream) {
    if (stream.id != 0) {
      throw new IllegalStateException("opened twice");
    }
    lastId = id;
    stream.id = id;
    stream.open = true;
    open.put(id, stream);
  }

  /** Opens and ends a stream of the peer that was never served. */
  void skip(int id) {
    lastId = id;
  }

  int size() {
    return open.size();
  }

  @Nullable S get(int id) {
    S same = found;
    if (same != null && same.id == id) {
      return same;
    }
    S stream = open.get(id);
    found = stream;
    return stream;
  }

  void remove(S stream) {
    stream.open = false;
    found = null;
    open.remove(stream.id);
  }

  /** Returns the id of the last stream opened; below 0 before the first. */
  int lastId() {
    return lastId;
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
  List<S> above(int id) {
    return open.values().stream()
        .filter(stream -> stream.id > id)
        .sorted(Comparator.comparingInt(stream -> stream.id))
        .toList();
  }
}

package io.pushfanout.concurrent;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A map of the entries of a window of time. An entry leaves when its window is over, or earlier as
 * the oldest of too many. From any thread.
 */
public final class ExpiringMap<K, V> {
  private final long windowNanos;
  private final int most;
  private final long maxBytes;
  private final LongSupplier nanoClock;

  /** Entries, the oldest first. */
  private final Map<K, Entry<V>> entries = new LinkedHashMap<>();

  private long bytes;

  private record Entry<V>(V value, long bytes, long addedNanos) {}

  /**
   * @param window time for which an entry stays; zero keeps none
   * @param most most entries
   * @param maxBytes most bytes of all entries
   */
  public ExpiringMap(Duration window, int most, long maxBytes, LongSupplier nanoClock) {
    this.windowNanos = window.toNanos();
    this.most = most;
    this.maxBytes = maxBytes;
    this.nanoClock = nanoClock;
  }

  /** Returns whether the map keeps nothing. */
  public boolean isOff() {
    return windowNanos == 0;
  }

  /**
   * Adds an entry unless the key has one, which keeps its window.
   *
   * @param size bytes of the entry
   * @return the value of the entry that was there before; null if there was none
   */
  public synchronized @Nullable V putIfAbsent(K key, V value, long size) {
    long now = nanoClock.getAsLong();
    removeUntil(now);
    Entry<V> known = entries.get(key);
    if (known != null) {
      return known.value();
    }
    entries.put(key, new Entry<>(value, size, now));
    bytes += size;
    return null;
  }

  /** Removes the entries whose window is over, and the oldest while there are too many. */
  private void removeUntil(long now) {
    Iterator<Entry<V>> oldest = entries.values().iterator();
    while (oldest.hasNext()) {
      Entry<V> next = oldest.next();
      boolean over = now - next.addedNanos() >= windowNanos;
      if (!over && entries.size() < most && bytes < maxBytes) {
        return;
      }
      bytes -= next.bytes();
      oldest.remove();
    }
  }

  /** Removes the entry of a key if it has this value. */
  public synchronized void remove(K key, V value) {
    Entry<V> known = entries.get(key);
    if (known != null && known.value().equals(value)) {
      entries.remove(key);
      bytes -= known.bytes();
    }
  }
}

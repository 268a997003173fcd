package io.pushfanout.tls;

import java.security.PublicKey;
import java.util.List;
import java.util.stream.Stream;

/**
 * The public keys of a renewed identity: the present one, and the last 31 before it. Connections
 * outlast a renewal, and the old certificates do not end with it.
 *
 * <p>One thread at a time adds; any thread may read.
 */
final class OwnKeys {
  private static final int MAX = 32;

  private volatile List<PublicKey> newestFirst = List.of();

  void add(PublicKey key) {
    newestFirst =
        Stream.concat(Stream.of(key), newestFirst.stream().filter(known -> !known.equals(key)))
            .limit(MAX)
            .toList();
  }

  boolean has(PublicKey key) {
    return newestFirst.contains(key);
  }
}

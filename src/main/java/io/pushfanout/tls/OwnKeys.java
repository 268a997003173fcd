package io.pushfanout.tls;

import java.security.PublicKey;
import java.util.List;
import java.util.stream.Stream;

/**
 * The public keys of an identity that is renewed: that in force, and the last 31 before it, whose
 * connections outlast the renewal and whose certificates do not end with it.
 *
 * <p>One thread at a time adds; any may ask.
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

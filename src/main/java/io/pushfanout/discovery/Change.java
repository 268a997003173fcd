package io.pushfanout.discovery;

import org.jspecify.annotations.Nullable;

/**
 * A change of a key: the state found by a listing, or an event of a watch.
 *
 * @param key the whole key, one char for each byte, so that different keys never become equal
 * @param revision revision of the store at which the key was written or deleted
 * @param registration the registration in the key; null when the key is gone
 */
record Change(String key, long revision, @Nullable Registration registration) {}

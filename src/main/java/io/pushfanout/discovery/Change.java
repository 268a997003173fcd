package io.pushfanout.discovery;

import org.jspecify.annotations.Nullable;

/**
 * A key as it was found or came to be.
 *
 * @param key all of it, one char for each byte, so that no two keys are ever one
 * @param revision of the store at which it was written or deleted
 * @param registration what it says; null when it is gone
 */
record Change(String key, long revision, @Nullable Registration registration) {}

/**
 * The load of {@code pushfanout bench} and its report. Start with {@link Bench}; the client package
 * sends the load and reads the ledgers. No class here may use the server.
 */
@NullMarked
package io.pushfanout.bench;

import org.jspecify.annotations.NullMarked;

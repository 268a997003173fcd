/**
 * The load of {@code pushfanout bench} and its report. Start with {@link Bench}; the client room
 * sends the load and reads the ledgers. No class here may see the server.
 */
@NullMarked
package io.pushfanout.bench;

import org.jspecify.annotations.NullMarked;

/**
 * The client of a running server: broadcasts, loads, status and ledgers. Start with {@link
 * BroadcastCaller} for gRPC and with {@link StatusClient} for HTTP. No class here may see the
 * server.
 */
@NullMarked
package io.pushfanout.client;

import org.jspecify.annotations.NullMarked;

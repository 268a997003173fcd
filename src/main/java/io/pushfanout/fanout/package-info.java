/**
 * The engine: desired state in, one client for each node, snapshots out. Start with {@link
 * FanoutEngine}, then {@link Applier}, which alone changes the set of clients. Sources of desired
 * state and readers of snapshots meet the engine here; no class here may see a library or a wire.
 */
@NullMarked
package io.pushfanout.fanout;

import org.jspecify.annotations.NullMarked;

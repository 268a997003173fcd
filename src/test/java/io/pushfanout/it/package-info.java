/**
 * The program as its users meet it: real processes, callers and connect-nodes in Go, real signals.
 *
 * <p>{@link io.pushfanout.it.ServeProcess} is the program, {@link io.pushfanout.it.PeerNodes} and
 * {@link io.pushfanout.it.PeerCalls} are the two sides around it, and {@link
 * io.pushfanout.it.History} compares what was promised with what arrived.
 */
@NullMarked
package io.pushfanout.it;

import org.jspecify.annotations.NullMarked;

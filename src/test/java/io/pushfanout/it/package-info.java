/**
 * The program in real processes, with callers and connect-nodes in Go, and with real signals. Start
 * with {@link io.pushfanout.it.ServeProcess}, the program, and with {@link
 * io.pushfanout.it.PeerNodes} and {@link io.pushfanout.it.PeerCalls}, the two sides around the
 * program.
 *
 * <p>{@link io.pushfanout.it.History} compares the promised messages with the arrived ones. Tests
 * of one package in one process stay in that package.
 */
@NullMarked
package io.pushfanout.it;

import org.jspecify.annotations.NullMarked;

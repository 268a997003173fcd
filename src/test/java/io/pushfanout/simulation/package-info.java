/**
 * The real engine and its real connections in a simulated world: one thread, a clock that jumps to
 * the next event, sockets in memory, and nodes that keep HTTP/2's rules and no others. A seed
 * repeats its history exactly. Start with {@code Simulation}, the world of one history, and {@code
 * Scenarios}; see CONTRIBUTING.md, "To replay a seed". Real threads, sockets and clocks may not
 * enter.
 */
@NullMarked
package io.pushfanout.simulation;

import org.jspecify.annotations.NullMarked;

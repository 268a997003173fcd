/**
 * The real engine and its real connections in a simulated world: one thread, a clock that jumps to
 * the next event, sockets in memory and nodes that keep HTTP/2's rules and no others. A seed
 * repeats its history exactly. {@code Simulation} is one history's world, {@code Scenarios} what is
 * tried; see CONTRIBUTING.md, "To replay a seed".
 */
@NullMarked
package io.pushfanout.simulation;

import org.jspecify.annotations.NullMarked;

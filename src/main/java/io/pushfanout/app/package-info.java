/**
 * The composition root: makes the parts of a server or a node, starts them in one order and stops
 * them in the reverse. Start with {@link Server}. Nothing but the commands and the demo may see
 * this room.
 */
@NullMarked
package io.pushfanout.app;

import org.jspecify.annotations.NullMarked;

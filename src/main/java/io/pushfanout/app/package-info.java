/**
 * The composition root: makes the parts of a server or a node, starts them in one order and stops
 * them in the reverse. Start with {@link Server}. Only the commands and the demo may use this
 * package.
 */
@NullMarked
package io.pushfanout.app;

import org.jspecify.annotations.NullMarked;

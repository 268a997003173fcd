/** Calls a running server, as the {@code broadcast} command does. */
@NullMarked
package io.pushfanout.caller;

import org.jspecify.annotations.NullMarked;

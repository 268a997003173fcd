/** What every package needs to do one thing on a thread of its own, again and again. */
@NullMarked
package io.pushfanout.concurrent;

import org.jspecify.annotations.NullMarked;

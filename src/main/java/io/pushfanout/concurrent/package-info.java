/** Threads, and what runs on them; sees nothing of ours. */
@NullMarked
package io.pushfanout.concurrent;

import org.jspecify.annotations.NullMarked;

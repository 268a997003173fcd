/** Threads, what runs on them again and again, and how much it logs; sees nothing of ours. */
@NullMarked
package io.pushfanout.concurrent;

import org.jspecify.annotations.NullMarked;

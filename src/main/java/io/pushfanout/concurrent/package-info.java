/** Threads, and what runs on them again and again; sees nothing of ours. */
@NullMarked
package io.pushfanout.concurrent;

import org.jspecify.annotations.NullMarked;

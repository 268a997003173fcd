/**
 * The log of changes to fanouts: applied specs, nodes that join, leave, turn slow or unreachable
 * and recover, and queues that fill. Start with {@link History}. No code for one kind of source may
 * enter: the log compares snapshots, which are the same for every source.
 */
@NullMarked
package io.pushfanout.history;

import org.jspecify.annotations.NullMarked;

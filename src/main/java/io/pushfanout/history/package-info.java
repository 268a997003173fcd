/**
 * The log's account of what happens: specs that are applied, nodes that come, go, turn slow or
 * unreachable and recover, queues that fill. It works from snapshots, whatever the source is.
 */
@NullMarked
package io.pushfanout.history;

import org.jspecify.annotations.NullMarked;

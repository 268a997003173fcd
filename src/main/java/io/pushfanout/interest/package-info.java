/**
 * The rooms that nodes hold: the index from a room to its nodes, and each node's listing of its
 * rooms. A node without a whole listing gets every message.
 */
@NullMarked
package io.pushfanout.interest;

import org.jspecify.annotations.NullMarked;

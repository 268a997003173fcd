/**
 * Look-ups of names, which block in native code: on bounded daemon threads, each answer never older
 * than its question allows.
 */
@NullMarked
package io.pushfanout.lookup;

import org.jspecify.annotations.NullMarked;

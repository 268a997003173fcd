/**
 * Name look-ups, which block in native code, on bounded daemon threads; each answer is as fresh as
 * its caller requires. Start with {@link LookUps}. Nothing here may depend on the use of an
 * address: dials belong to the callers.
 */
@NullMarked
package io.pushfanout.lookup;

import org.jspecify.annotations.NullMarked;

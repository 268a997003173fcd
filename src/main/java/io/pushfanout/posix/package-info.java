/**
 * Functions of POSIX that the JDK does not offer. Start with {@link Terminal} and {@link Signal}.
 */
@NullMarked
package io.pushfanout.posix;

import org.jspecify.annotations.NullMarked;

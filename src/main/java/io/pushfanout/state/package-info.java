/** What a server served last, in files of a directory of its own, for its next start. */
@NullMarked
package io.pushfanout.state;

import org.jspecify.annotations.NullMarked;

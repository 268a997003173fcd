/** Who may broadcast: what a caller shows, the right that it needs, and the decision. */
@NullMarked
package io.pushfanout.access;

import org.jspecify.annotations.NullMarked;

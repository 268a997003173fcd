/**
 * Fair division of a bounded resource among parties, by amounts and by turns. Start with {@link
 * Pool}. No class here may use another package of the program.
 */
@NullMarked
package io.pushfanout.share;

import org.jspecify.annotations.NullMarked;

/** What parties share, so that none of them takes what the others need; sees nothing of ours. */
@NullMarked
package io.pushfanout.share;

import org.jspecify.annotations.NullMarked;

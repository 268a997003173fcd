/** What the tests need and get for themselves. */
@NullMarked
package io.pushfanout.tools;

import org.jspecify.annotations.NullMarked;

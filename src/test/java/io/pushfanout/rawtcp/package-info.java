/** What {@code bench/run} measures the server against, and with. */
@NullMarked
package io.pushfanout.rawtcp;

import org.jspecify.annotations.NullMarked;

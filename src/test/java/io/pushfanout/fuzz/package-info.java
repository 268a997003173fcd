/** Parsers of what comes from outside, under any bytes: see CONTRIBUTING.md, "Fuzz". */
@NullMarked
package io.pushfanout.fuzz;

import org.jspecify.annotations.NullMarked;

/**
 * Fuzz tests for parsers of outside input: see CONTRIBUTING.md, "Fuzz". Start with {@link
 * FuzzTarget}. A target itself lies beside its parser.
 */
@NullMarked
package io.pushfanout.fuzz;

import org.jspecify.annotations.NullMarked;

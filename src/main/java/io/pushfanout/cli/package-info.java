/**
 * The commands and their flags, read by picocli. Start with {@link Cli}; each command makes checked
 * options and hands them to {@code app}, {@code demo}, {@code bench} or {@code client}. No class
 * here may see the engine or an adapter of it.
 */
@NullMarked
package io.pushfanout.cli;

import org.jspecify.annotations.NullMarked;

/**
 * Commands and their flags, parsed by picocli. Start with {@link Cli}; each command creates checked
 * options and passes them to {@code app}, {@code demo}, {@code bench}, {@code conformance} or
 * {@code client}. No class here may see the engine or an adapter of it.
 */
@NullMarked
package io.pushfanout.cli;

import org.jspecify.annotations.NullMarked;

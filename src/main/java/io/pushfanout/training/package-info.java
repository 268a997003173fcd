/**
 * The training run of the program, which selects the classes of its AOT cache. Start with {@link
 * AotTrainingRun}; its JVM writes the cache. No other package may use this one.
 */
@NullMarked
package io.pushfanout.training;

import org.jspecify.annotations.NullMarked;

/**
 * The program in use once, for the classes of its AOT cache. Start with {@link AotTrainingRun},
 * whose JVM writes the cache. No other room may see this one.
 */
@NullMarked
package io.pushfanout.training;

import org.jspecify.annotations.NullMarked;

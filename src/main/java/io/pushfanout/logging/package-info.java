/**
 * Layouts and levels of the log. Start with {@link Logging}, which Logback finds by its service
 * file. No class here may use the classes that log.
 */
@NullMarked
package io.pushfanout.logging;

import org.jspecify.annotations.NullMarked;

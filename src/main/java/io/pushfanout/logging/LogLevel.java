package io.pushfanout.logging;

import ch.qos.logback.classic.Level;
import java.util.Locale;

/**
 * The level of the log. Libraries log one level less than we do at info, and never more than info:
 * Netty's debug messages about each frame would bury everything else.
 */
public enum LogLevel {
  ERROR(Level.ERROR, Level.ERROR),
  WARN(Level.WARN, Level.WARN),
  INFO(Level.INFO, Level.WARN),
  DEBUG(Level.DEBUG, Level.INFO),
  TRACE(Level.TRACE, Level.INFO);

  private final Level ours;
  private final Level libraries;

  LogLevel(Level ours, Level libraries) {
    this.ours = ours;
    this.libraries = libraries;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Returns the level of {@code io.pushfanout}. */
  Level ours() {
    return ours;
  }

  /** Returns the level of all other loggers. */
  Level libraries() {
    return libraries;
  }
}

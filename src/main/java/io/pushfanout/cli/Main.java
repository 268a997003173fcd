package io.pushfanout.cli;

import io.pushfanout.lookup.NameCaches;

/** Where the process begins. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    NameCaches.turnOff();
    System.exit(Cli.of(Console.ofProcess(), args).execute(args));
  }
}

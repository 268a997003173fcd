package io.pushfanout.app;

/** Where the process begins. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    NameCaches.turnOff();
    System.exit(Cli.of(Console.ofProcess(), args).execute(args));
  }
}

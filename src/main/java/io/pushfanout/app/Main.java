package io.pushfanout.app;

/** Where the process begins. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    NameCaches.turnOff();
    Console console = Console.ofProcess();
    int code = Cli.of(console, args).execute(args);
    boolean resultsLost = console.out().checkError();
    System.exit(code == ExitCodes.DONE && resultsLost ? ExitCodes.FAILED : code);
  }
}

package io.pushfanout.cli;

import io.pushfanout.app.Service;
import io.pushfanout.app.Service.Listening;
import io.pushfanout.logging.LogFormat;
import io.pushfanout.logging.LogLevel;
import io.pushfanout.logging.Logging;
import java.util.concurrent.CountDownLatch;

/** A program with a service that stops at once, or never. */
public final class ServiceRunnerProbe {
  private ServiceRunnerProbe() {}

  public static void main(String[] arguments) throws Exception {
    boolean hangs = arguments.length > 0 && arguments[0].equals("hang");
    if (arguments.length > 0 && arguments[0].equals("json")) {
      Logging.configure(LogLevel.ERROR, LogFormat.JSON);
    }
    System.exit(ServiceRunner.run(service(hangs), Console.ofProcess().err()));
  }

  private static Service service(boolean hangs) {
    return new Service() {
      @Override
      public Listening start() {
        return Listening.on("::1", 1, 2);
      }

      @Override
      public String stop() {
        System.err.println("stopping");
        if (hangs) {
          await(new CountDownLatch(1));
        }
        return "nothing left";
      }

      @Override
      public String abandon() {
        return "7 left";
      }
    };
  }

  private static void await(CountDownLatch never) {
    try {
      never.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}

package io.pushfanout.cli;

import io.pushfanout.app.Service.Listening;
import io.pushfanout.demo.Demo;
import io.pushfanout.demo.DemoCheck;
import io.pushfanout.demo.DemoOptions;
import io.pushfanout.options.Port;
import io.pushfanout.options.UsageException;
import io.pushfanout.server.ServerOptions;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A command that runs the whole flow in one process. */
@Command(
    name = "demo",
    description = "Runs the whole flow in one process: server, three connect-nodes, a page.",
    sortOptions = false)
final class DemoCommand implements Callable<Integer> {
  private static final Port GRPC = new Port(ServerOptions.DEFAULT_PORT);
  private static final Port HTTP = new Port(8080);

  /** Default port of {@code --check}, which needs no fixed port and so avoids conflicts. */
  private static final Port FREE = new Port(0);

  private final Console console;

  @Option(
      names = "--check",
      description = "Deliver to a user of each node, print what arrived, end with 0 or 1.")
  private boolean check;

  @Option(
      names = "--grpc-port",
      paramLabel = "PORT",
      description = "Where to broadcast; 0 picks a free one (default: 50053, 0 with --check).")
  private @Nullable Port grpcPort;

  @Option(
      names = "--http-port",
      paramLabel = "PORT",
      description = "The page; 0 picks a free one (default: 8080, 0 with --check).")
  private @Nullable Port httpPort;

  @Mixin private BindOption bind = new BindOption();

  @Mixin private AllowFlags allow = new AllowFlags();

  @Option(
      names = AuthFlags.AUTH,
      paramLabel = AuthFlags.NONE,
      description =
          "Needed when --bind is not loopback, and only none: every client that reaches the ports"
              + " may broadcast to the demo's nodes.")
  private @Nullable String auth;

  @Mixin private EtcdFlags etcd = new EtcdFlags();

  DemoCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws Exception {
    Demo demo = new Demo(options());
    return check ? check(demo) : ServiceRunner.run(demo, console.err(), this::welcome);
  }

  private int check(Demo demo) throws Exception {
    try {
      demo.start();
      return new DemoCheck(demo, console.out()).passes() ? ExitCodes.DONE : ExitCodes.FAILED;
    } finally {
      demo.stop();
    }
  }

  private void welcome(Listening bound) {
    Listening where = Listening.on(options().reachable(), bound.grpc().port(), bound.http().port());
    console.out().println("Watch the messages arrive:  http://" + where.http() + "/");
    console
        .out()
        .println(
            "Send one there, or with:    bin/pushfanout broadcast --to " + where.grpc() + " hello");
    console.out().println("Stop with Ctrl-C.");
  }

  DemoOptions options() {
    Port grpc = Objects.requireNonNullElse(grpcPort, check ? FREE : GRPC);
    Port http = Objects.requireNonNullElse(httpPort, check ? FREE : HTTP);
    Port.requireApart(grpc, http);
    requireAuth();
    return new DemoOptions(
        bind.host().name(),
        grpc.number(),
        http.number(),
        allow.names(),
        etcd.given() ? etcd.options() : etcd.none());
  }

  private void requireAuth() {
    if (auth == null) {
      AuthFlags.requireLoopback(bind.host(), "the demo has %s alone".formatted(AuthFlags.NONE));
    } else if (!auth.equals(AuthFlags.NONE)) {
      throw new UsageException(
          AuthFlags.AUTH, "must be %s for the demo, is \"%s\"".formatted(AuthFlags.NONE, auth));
    }
  }
}

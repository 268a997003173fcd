package io.pushfanout.conformance;

import io.grpc.Deadline;
import io.grpc.ManagedChannel;
import io.pushfanout.client.ClientTls;
import io.pushfanout.client.ClientTls.CallerTls;
import io.pushfanout.client.NodeChannels;
import io.pushfanout.client.UnreachableException;
import io.pushfanout.tls.ReloadingTlsContext;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A check of one running node by all rules, one after the other. */
public final class NodeCheck {
  private final CheckOptions options;
  private final List<Rule> rules;

  public NodeCheck(CheckOptions options) {
    this(options, Rules.ALL);
  }

  NodeCheck(CheckOptions options, List<Rule> rules) {
    this.options = options;
    this.rules = rules;
  }

  /**
   * Runs the check.
   *
   * @param begun receives each rule before its check
   * @param ended receives each result
   * @throws UnreachableException when no connection to the node is possible
   */
  public CheckResult run(Consumer<Rule> begun, Consumer<RuleResult> ended)
      throws UnreachableException, InterruptedException {
    try (ReloadingTlsContext live = ClientTls.open(options.tls())) {
      CallerTls tls = ClientTls.with(live, options.tls());
      NodeChannels channels = new NodeChannels(options.node(), tls);
      ManagedChannel connection = channels.connect(options.timeout());
      try {
        return run(channels, connection, begun, ended);
      } finally {
        connection.shutdownNow();
      }
    }
  }

  private CheckResult run(
      NodeChannels channels,
      ManagedChannel connection,
      Consumer<Rule> begun,
      Consumer<RuleResult> ended)
      throws InterruptedException {
    Deadline limit = Deadline.after(options.limit().toNanos(), TimeUnit.NANOSECONDS);
    RoomsObserver rooms = new RoomsObserver(connection, options.timeout().toMillis());
    List<RuleResult> results = new ArrayList<>();
    for (Rule rule : rules) {
      begun.accept(rule);
      Deadline deadline = Deadline.after(options.timeout().toNanos(), TimeUnit.NANOSECONDS);
      NodeProbe node =
          new NodeProbe(
              connection,
              channels::open,
              rooms,
              deadline.minimum(limit),
              options.room(),
              options.body() + " " + rule.name());
      RuleResult result = limit.isExpired() ? late(rule) : check(rule, node);
      ended.accept(result);
      results.add(result);
    }
    return new CheckResult(results);
  }

  private RuleResult late(Rule rule) {
    String limit = "%d s".formatted(options.limit().toSeconds());
    return RuleResult.failed(
        rule, "a check of all rules within " + limit, "rules that took longer", 0);
  }

  private RuleResult check(Rule rule, NodeProbe node) throws InterruptedException {
    long begin = System.nanoTime();
    try {
      rule.check().run(node);
      return RuleResult.ok(rule, millisSince(begin));
    } catch (ViolationException e) {
      return RuleResult.failed(rule, e.expected(), e.actual(), millisSince(begin));
    } catch (MissingServiceException e) {
      OptionalService service = rule.service();
      return isOptional(service)
          ? RuleResult.skipped(rule, millisSince(begin))
          : RuleResult.failed(
              rule,
              "the service " + (service == null ? "protocol.PushServer" : service.fullName()),
              String.valueOf(e.getMessage()),
              millisSince(begin));
    }
  }

  private boolean isOptional(@Nullable OptionalService service) {
    return service != null && !options.required().contains(service);
  }

  private static long millisSince(long begin) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
  }
}

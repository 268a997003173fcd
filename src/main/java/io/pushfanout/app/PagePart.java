package io.pushfanout.app;

import io.pushfanout.management.page.PageData;
import io.pushfanout.management.page.PageData.Callers;
import io.pushfanout.management.page.PageData.Replica;
import io.pushfanout.management.page.PageData.Service;
import io.pushfanout.model.FanoutName;
import io.pushfanout.plan.Registrations;
import io.pushfanout.plan.Registrations.Trouble;
import io.pushfanout.server.PushGrpcServer;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The data of the live page, from the parts that have it. */
record PagePart(Registry nodes, PushGrpcServer callers, Sources sources) {

  PageData data() {
    return new PageData(
        Version.current(), this::services, this::callerCounts, this::origin, this::replicas);
  }

  private List<Service> services() {
    return nodes.view().entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(entry -> service(entry.getKey(), entry.getValue()))
        .toList();
  }

  private static Service service(String name, Optional<Registrations> found) {
    return found
        .map(registered -> new Service(name, registered.nodes().size(), state(registered)))
        .orElseGet(() -> new Service(name, 0, "no answer yet"));
  }

  private static String state(Registrations registered) {
    Trouble trouble = registered.trouble();
    if (trouble != null) {
      return "last good nodes in force: " + trouble.reason();
    }
    int malformed = registered.malformed().size();
    return malformed == 0 ? "answers" : "answers, %d malformed registrations".formatted(malformed);
  }

  private Callers callerCounts() {
    return new Callers(
        callers.connections(), callers.connectionsRefused(), callers.shareRefusals());
  }

  private String origin(FanoutName fanout) {
    return sources.specs().map(specs -> specs.origin(fanout)).orElse("");
  }

  private List<Replica> replicas(FanoutName fanout) {
    return sources.specs().map(specs -> specs.replicas(fanout)).orElse(List.of());
  }
}

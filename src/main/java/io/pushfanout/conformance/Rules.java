package io.pushfanout.conformance;

import io.pushfanout.conformance.Rule.Check;
import java.util.List;

/** The rules of docs/connect-nodes.md, in the order of the page. */
public final class Rules {
  private static final String SERVE = "serve";
  private static final String STREAM = "stream-if-you-like";
  private static final String ROOMS = "list-the-rooms";

  public static final List<Rule> ALL =
      List.of(
          call("broadcast", CallRules::broadcast),
          call("broadcast-to-room", CallRules::broadcastToRoom),
          call("unknown-fields", CallRules::unknownFields),
          call("numbers", CallRules::numbers),
          call("empty-body", CallRules::emptyBody),
          call("parallel-calls", CallRules::parallelCalls),
          call("large-message", CallRules::largeMessage),
          call("unknown-metadata", CallRules::unknownMetadata),
          call("repeated-message", CallRules::repeatedMessage),
          call("hop-list", CallRules::hopList),
          call("second-connection", CallRules::secondConnection),
          call("many-connections", CallRules::manyConnections),
          stream("delivery-probe", DeliveryRules::probe),
          stream("delivery-large-request", DeliveryRules::largeRequest),
          stream("delivery-metadata", DeliveryRules::metadata),
          stream("delivery-parallel-streams", DeliveryRules::parallelStreams),
          stream("delivery-acknowledgement", DeliveryRules::acknowledgement),
          stream("delivery-cumulative", DeliveryRules::cumulative),
          stream("delivery-failure-index", DeliveryRules::failureIndex),
          stream("delivery-response-size", DeliveryRules::responseSize),
          stream("delivery-bad-envelope", DeliveryRules::badEnvelope),
          stream("delivery-end", DeliveryRules::end),
          rooms("interest-first-update", InterestRules::firstUpdate),
          rooms("interest-versions", InterestRules::versions),
          rooms("interest-complete", InterestRules::complete),
          rooms("interest-heartbeat", InterestRules::heartbeat),
          rooms("interest-names", InterestRules::names),
          rooms("interest-end", InterestRules::end));

  private Rules() {}

  private static Rule call(String name, Check check) {
    return new Rule(name, null, SERVE, check);
  }

  private static Rule stream(String name, Check check) {
    return new Rule(name, OptionalService.DELIVERY, STREAM, check);
  }

  private static Rule rooms(String name, Check check) {
    return new Rule(name, OptionalService.INTEREST, ROOMS, check);
  }
}

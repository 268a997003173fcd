package io.pushfanout.server;

import static java.util.Objects.requireNonNull;

import io.grpc.ServerServiceDefinition;
import io.pushfanout.model.MethodCalls;
import io.pushfanout.model.StatusCode;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A counter of the calls of each method that the server has. Names that callers make up count as
 * one method {@code unknown}, so that they cannot grow the set.
 *
 * <p>Any thread may count and read. A call is counted as started before it is counted as handled,
 * and reads run the other way round: no read sees more calls handled than started.
 */
final class CallMeter {
  private static final String UNKNOWN = "unknown";

  private final Map<String, Counts> byFullName;
  private final Counts unknown = new Counts(UNKNOWN, UNKNOWN);

  CallMeter(List<ServerServiceDefinition> services) {
    byFullName =
        services.stream()
            .flatMap(service -> service.getMethods().stream())
            .map(method -> method.getMethodDescriptor())
            .collect(
                Collectors.toUnmodifiableMap(
                    method -> method.getFullMethodName(),
                    method ->
                        new Counts(
                            String.valueOf(method.getServiceName()),
                            String.valueOf(method.getBareMethodName()))));
  }

  /** Returns the counts of a method, by its full name without a slash in front. */
  Counts of(String fullMethodName) {
    return byFullName.getOrDefault(fullMethodName, unknown);
  }

  /** Returns the counts so far, one entry for each method. */
  List<MethodCalls> read() {
    return Stream.concat(byFullName.values().stream(), Stream.of(unknown))
        .map(Counts::read)
        .toList();
  }

  /** The counts of one method. */
  static final class Counts {
    private final String service;
    private final String method;
    private final LongAdder started = new LongAdder();

    /** Adders by code; the map itself never changes. */
    private final Map<StatusCode, LongAdder> handled = new EnumMap<>(StatusCode.class);

    Counts(String service, String method) {
      this.service = service;
      this.method = method;
      for (StatusCode code : StatusCode.values()) {
        handled.put(code, new LongAdder());
      }
    }

    void started() {
      started.increment();
    }

    void handled(StatusCode code) {
      requireNonNull(handled.get(code)).increment();
    }

    MethodCalls read() {
      Map<StatusCode, Long> ended = new EnumMap<>(StatusCode.class);
      handled.forEach(
          (code, adder) -> {
            long count = adder.sum();
            if (count > 0) {
              ended.put(code, count);
            }
          });
      return new MethodCalls(service, method, started.sum(), ended);
    }
  }
}

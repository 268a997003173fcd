package io.pushfanout.server;

import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.pushfanout.broadcast.BroadcastRequest.Target;
import io.pushfanout.fuzz.FuzzTarget;
import io.pushfanout.fuzz.Held;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.ProcessId;
import io.pushfanout.model.Via;
import io.pushfanout.server.guard.CallMetadata;
import io.pushfanout.server.guard.CallTarget;
import io.pushfanout.server.guard.CallTarget.InvalidCall;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A fuzz target for a call's metadata: the first line is its target, each other line names nodes. A
 * second pass reads the whole input as lists of processes, a value each line.
 */
public final class CallMetadataFuzz implements FuzzTarget {
  private static final int LONGEST_MESSAGE = 200;

  @Override
  public String name() {
    return "call-metadata";
  }

  @Override
  public void take(byte[] input) {
    String[] lines = Held.text(input).split("\n", -1);
    processes(lines);
    Http2Headers headers = new DefaultHttp2Headers(false);
    if (!lines[0].isEmpty()) {
      headers.add("pushfanout-target", lines[0]);
    }
    for (int i = 1; i < lines.length; i++) {
      headers.add("pushfanout-nodes", lines[i]);
    }
    Target target;
    @Nullable Set<NodeAddress> nodes;
    try {
      target = CallTarget.target(CallMetadata.of(headers));
      nodes = CallTarget.nodes(CallMetadata.of(headers));
    } catch (InvalidCall e) {
      Held.line(e.getMessage(), LONGEST_MESSAGE);
      return;
    }
    String said =
        switch (target) {
          case Target.Unnamed() -> "";
          case Target.All() -> "all";
          case Target.Named(FanoutName name) -> name.toString();
        };
    Held.that(said.equals(lines[0]), "another target", lines[0], said);
    Held.that((nodes == null) == (lines.length == 1), "nodes", String.valueOf(nodes));
    Held.that(nodes == null || !nodes.isEmpty(), "narrowed to nothing");
  }

  private static void processes(String... lines) {
    Http2Headers headers = new DefaultHttp2Headers(false).add(Via.METADATA, List.of(lines));
    LoopGuard.Passage passage;
    try {
      passage = new LoopGuard(new ProcessId("self")).check(CallMetadata.of(headers));
    } catch (InvalidCall e) {
      Held.line(e.getMessage(), LONGEST_MESSAGE);
      return;
    }
    List<String> entries =
        Arrays.stream(lines)
            .flatMap(line -> Arrays.stream(line.split(",", -1)))
            .map(entry -> entry.replaceAll("^[ \t]+|[ \t]+$", ""))
            .filter(entry -> !entry.isEmpty())
            .toList();
    boolean goesOn = entries.size() < 8 && !entries.contains("self");
    Held.that(
        goesOn == passage instanceof LoopGuard.Passage.Onward,
        "another passage",
        entries.toString());
    if (passage instanceof LoopGuard.Passage.Onward(Via via)) {
      String expected =
          Stream.concat(entries.stream(), Stream.of("self")).collect(Collectors.joining(","));
      Held.that(via.metadata().equals(expected), "another list", expected, via.metadata());
    }
  }
}

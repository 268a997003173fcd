package io.pushfanout.server;

import io.grpc.Metadata;
import io.pushfanout.fanout.BroadcastRequest.Target;
import io.pushfanout.fuzz.FuzzTarget;
import io.pushfanout.fuzz.Held;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.NodeAddress;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A call's metadata: the first line is its target, each other one names nodes. */
public final class CallMetadataFuzz implements FuzzTarget {
  private static final Metadata.Key<String> TARGET = key("pushfanout-target");
  private static final Metadata.Key<String> NODES = key("pushfanout-nodes");
  private static final int LONGEST_MESSAGE = 200;

  @Override
  public String name() {
    return "call-metadata";
  }

  @Override
  public void take(byte[] input) {
    String[] lines = Held.text(input).split("\n", -1);
    Metadata metadata = new Metadata();
    if (!lines[0].isEmpty()) {
      metadata.put(TARGET, lines[0]);
    }
    for (int i = 1; i < lines.length; i++) {
      metadata.put(NODES, lines[i]);
    }
    CallTarget target;
    try {
      target = CallTarget.of(metadata);
    } catch (InvalidCall e) {
      Held.line(e.getMessage(), LONGEST_MESSAGE);
      return;
    }
    String said =
        switch (target.target()) {
          case Target.Unnamed() -> "";
          case Target.All() -> "all";
          case Target.Named(FanoutName name) -> name.toString();
        };
    Held.that(said.equals(lines[0]), "another target", lines[0], said);
    @Nullable Set<NodeAddress> nodes = target.nodes();
    Held.that((nodes == null) == (lines.length == 1), "nodes", String.valueOf(nodes));
    Held.that(nodes == null || !nodes.isEmpty(), "narrowed to nothing");
  }

  private static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }
}

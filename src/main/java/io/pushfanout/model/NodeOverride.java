package io.pushfanout.model;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Other settings for some nodes of a fanout; null keeps the fanout's value.
 *
 * @param name unique within its fanout
 * @param nodes globs of {@code *} and {@code ?} on host:port
 */
public record NodeOverride(
    String name,
    List<String> nodes,
    @Nullable Integer workers,
    @Nullable Integer queueSize,
    @Nullable Long queueBytes,
    @Nullable Duration rpcTimeout) {

  public NodeOverride {
    nodes = List.copyOf(nodes);
  }

  /** Whether this override is for the node. */
  public boolean matches(NodeAddress node) {
    String address = node.toString();
    return nodes.stream().anyMatch(glob -> pattern(glob).matcher(address).matches());
  }

  /**
   * The fanout's settings with this override's values in their place.
   *
   * @throws SettingException when a value is out of bounds
   */
  public FanoutSettings applyTo(FanoutSettings fanout) {
    SettingsBuilder builder = fanout.toBuilder();
    Optional.ofNullable(workers).ifPresent(builder::workers);
    Optional.ofNullable(queueSize).ifPresent(builder::queueSize);
    Optional.ofNullable(queueBytes).ifPresent(builder::queueBytes);
    Optional.ofNullable(rpcTimeout).ifPresent(builder::rpcTimeout);
    return builder.build();
  }

  private static Pattern pattern(String glob) {
    return Pattern.compile(
        glob.chars()
            .mapToObj(
                c ->
                    switch (c) {
                      case '*' -> ".*";
                      case '?' -> ".";
                      default -> Pattern.quote(Character.toString(c));
                    })
            .collect(Collectors.joining()));
  }
}

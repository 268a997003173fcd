package io.pushfanout.model;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
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
    return nodes.stream().anyMatch(glob -> matches(glob, address));
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

  /** In time of the product of the lengths, whatever the glob: it comes from a tenant. */
  private static boolean matches(String glob, String text) {
    int g = 0;
    int t = 0;
    int star = -1;
    int starText = 0;
    while (t < text.length()) {
      if (g < glob.length() && glob.charAt(g) == '*') {
        star = g++;
        starText = t;
      } else if (g < glob.length() && (glob.charAt(g) == '?' || glob.charAt(g) == text.charAt(t))) {
        g++;
        t++;
      } else if (star >= 0) {
        g = star + 1; // The last star takes one character more.
        t = ++starText;
      } else {
        return false;
      }
    }
    while (g < glob.length() && glob.charAt(g) == '*') {
      g++;
    }
    return g == glob.length();
  }
}

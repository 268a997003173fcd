package io.pushfanout.model;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Other settings for some nodes of a fanout; null keeps the fanout's value, and at least one is
 * not.
 *
 * @param name unique within its fanout, {@value Bounds#OVERRIDE_NAME_MIN} to {@value
 *     Bounds#OVERRIDE_NAME_MAX} characters
 * @param nodes 1 to {@value Bounds#OVERRIDE_NODES_MAX} globs of {@code *} and {@code ?} on
 *     host:port
 */
public record NodeOverride(
    String name,
    List<String> nodes,
    @Nullable Integer workers,
    @Nullable Integer queueSize,
    @Nullable Long queueBytes,
    @Nullable Duration rpcTimeout) {

  /** A glob, as a regular expression that Kubernetes understands too. */
  public static final String GLOB_FORM = NodeGlob.FORM;

  /** What an override can set. */
  public static final List<SettingField> FIELDS =
      List.of(
          SettingField.WORKERS,
          SettingField.QUEUE_SIZE,
          SettingField.QUEUE_BYTES,
          SettingField.RPC_TIMEOUT);

  /**
   * @throws SettingException when there is no such name, no node or no setting, or a glob is none;
   *     the settings' bounds are for {@link #applyTo}
   */
  public NodeOverride {
    checkName(name);
    Checks.range("nodes", nodes.size(), Bounds.OVERRIDE_NODES_MIN, Bounds.OVERRIDE_NODES_MAX);
    nodes = nodes.stream().map(NodeOverride::normalGlob).toList();
    if (workers == null && queueSize == null && queueBytes == null && rpcTimeout == null) {
      throw new SettingException(
          "name", "must set one of workers, queueSize, queueBytes, rpcTimeout");
    }
  }

  /**
   * Refuses what is no {@link #name}.
   *
   * @throws SettingException when it is empty or too long
   */
  public static void checkName(String name) {
    if (name.isEmpty()) {
      throw new SettingException("name", "must not be empty");
    }
    // Characters as Kubernetes counts them.
    int length = name.codePointCount(0, name.length());
    if (length > Bounds.OVERRIDE_NAME_MAX) {
      throw new SettingException(
          "name",
          "must have at most %d characters, has %d".formatted(Bounds.OVERRIDE_NAME_MAX, length));
    }
  }

  /**
   * One of {@link #nodes} as it is kept, in lower case.
   *
   * @throws SettingException when it can match no address
   */
  public static String normalGlob(String glob) {
    try {
      return NodeGlob.normal(glob);
    } catch (IllegalArgumentException e) {
      throw new SettingException("nodes", e.getMessage() + ", is \"" + glob + "\"");
    }
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
}

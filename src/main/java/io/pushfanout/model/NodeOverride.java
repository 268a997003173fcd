package io.pushfanout.model;

import io.pushfanout.text.GlobSet;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Settings for some nodes of a fanout; null keeps the fanout's value, and at least one value is not
 * null.
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

  /** The form of a glob as a regular expression, valid for Kubernetes too. */
  public static final String GLOB_FORM = NodeGlob.FORM;

  /** The fields that an override can set. */
  public static final List<SettingField> FIELDS =
      List.of(
          SettingField.WORKERS,
          SettingField.QUEUE_SIZE,
          SettingField.QUEUE_BYTES,
          SettingField.RPC_TIMEOUT);

  /**
   * Returns an override with the given ones of the values.
   *
   * @throws SettingException as the constructor does
   */
  public static NodeOverride of(
      String name, List<String> nodes, FanoutSettings values, Set<SettingField> given) {
    return new NodeOverride(
        name,
        nodes,
        given.contains(SettingField.WORKERS) ? (Integer) values.workers() : null,
        given.contains(SettingField.QUEUE_SIZE) ? (Integer) values.queueSize() : null,
        given.contains(SettingField.QUEUE_BYTES) ? (Long) values.queueBytes() : null,
        given.contains(SettingField.RPC_TIMEOUT) ? values.rpcTimeout() : null);
  }

  /**
   * @throws SettingException if the name or a glob is invalid, or there is no node or no setting;
   *     {@link #applyTo} checks the bounds of settings
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
   * Rejects an invalid {@link #name}.
   *
   * @throws SettingException if the name is empty or too long
   */
  public static void checkName(String name) {
    if (name.isEmpty()) {
      throw new SettingException("name", "must not be empty");
    }
    // Kubernetes counts code points.
    int length = name.codePointCount(0, name.length());
    if (length > Bounds.OVERRIDE_NAME_MAX) {
      throw new SettingException(
          "name",
          "must have at most %d characters, has %d".formatted(Bounds.OVERRIDE_NAME_MAX, length));
    }
  }

  /**
   * Returns a glob of {@link #nodes} in normal form, which is lower case.
   *
   * @throws SettingException if the glob can match no address
   */
  public static String normalGlob(String glob) {
    try {
      return NodeGlob.normal(glob);
    } catch (IllegalArgumentException e) {
      throw new SettingException("nodes", e.getMessage() + ", is \"" + glob + "\"");
    }
  }

  /**
   * Returns the fanout's settings with this override's values.
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

  /** A glob on {@code host:port} ({@link GlobSet}). */
  static final class NodeGlob {
    static final String FORM = "[A-Za-z0-9._:\\[\\]*?-]{1," + Bounds.OVERRIDE_GLOB_MAX + "}";
    private static final Pattern PATTERN = Pattern.compile(FORM);

    private NodeGlob() {}

    /**
     * Returns the glob in lower case, the case of addresses.
     *
     * @throws IllegalArgumentException if the glob can match no address
     */
    static String normal(String glob) {
      if (!PATTERN.matcher(glob).matches()) {
        throw new IllegalArgumentException("must be host:port with * and ?, such as 10.0.*:50052");
      }
      return glob.toLowerCase(Locale.ROOT);
    }
  }
}

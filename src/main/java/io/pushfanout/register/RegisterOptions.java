package io.pushfanout.register;

import io.pushfanout.discovery.EtcdOptions;
import io.pushfanout.model.NodeAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The options of a registered program.
 *
 * @param command the program and its arguments, at least one word
 * @param advertised the program's address for the fan-out server
 * @param probed the address whose first connection makes the program ready; null: the start does
 * @param leaseTtl the time after which etcd removes the registration of a crashed process
 * @param readyTimeout the limit for the program to become ready
 * @param stopTimeout the limit for the program's end after a signal
 * @param atTerminal whether a SIGINT comes from a terminal, which sends it to the program too
 */
public record RegisterOptions(
    List<String> command,
    NodeAddress advertised,
    @Nullable NodeAddress probed,
    EtcdOptions etcd,
    String service,
    Duration leaseTtl,
    Duration readyTimeout,
    Duration stopTimeout,
    boolean atTerminal) {
  public RegisterOptions {
    command = List.copyOf(command);
  }
}

package io.pushfanout.discovery.dns;

import java.util.List;

/**
 * The records of one type that a name has; none if the name or the type is not there.
 *
 * @param records in the order of the answer
 */
record Reply(List<Data> records) {
  Reply {
    records = List.copyOf(records);
  }

  /** The data of a record. */
  sealed interface Data {
    /** An IP address as text. */
    record Address(String host) implements Data {}

    /**
     * A host and a port of a service.
     *
     * @param target a name without a dot at the end; empty: the service is not offered
     */
    record Service(String target, int port) implements Data {}

    /**
     * A record that cannot be read.
     *
     * @param problem the mistake in one line
     */
    record Unreadable(String problem) implements Data {}
  }
}

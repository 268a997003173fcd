package io.pushfanout.discovery.source;

import io.pushfanout.plan.Registrations.Trouble;

/** A listener to the outages of a registry, source by source. On discovery's thread. */
public interface OutageListener {
  /** Receives a loss of contact that lasts, and each reason of a later attempt. */
  void unreachable(String source, Trouble why);

  /** Receives each refusal of the registry. */
  void refused(String source, String reason);

  /** Receives each answer of the registry. */
  void restored(String source);

  /** Ends the reports about a source. */
  void forget(String source);
}

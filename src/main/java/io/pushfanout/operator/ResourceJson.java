package io.pushfanout.operator;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;

/**
 * The JSON of the API server, read without bounds narrower than its own: one resource beyond them
 * would end the list of all.
 */
final class ResourceJson {
  /** The API server refuses what nests more than 10,000 deep; a list adds to that. */
  private static final int NESTING_MAX = 10_010;

  private ResourceJson() {}

  /** Returns what a client decodes and encodes with. */
  static KubernetesSerialization serialization() {
    StreamReadConstraints constraints =
        StreamReadConstraints.builder()
            .maxNestingDepth(NESTING_MAX)
            .maxNameLength(Integer.MAX_VALUE)
            .maxStringLength(Integer.MAX_VALUE)
            .build();
    JsonFactory json = JsonFactory.builder().streamReadConstraints(constraints).build();
    return new KubernetesSerialization(new ObjectMapper(json), true);
  }
}

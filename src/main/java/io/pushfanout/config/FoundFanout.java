package io.pushfanout.config;

import io.pushfanout.model.FanoutSpec;

/**
 * A fanout that was read from a file.
 *
 * @param line number of the line that has the name
 * @param spec the spec, with generation 1: a file does not record the number of its changes
 */
record FoundFanout(int line, FanoutSpec spec) {}

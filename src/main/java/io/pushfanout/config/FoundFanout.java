package io.pushfanout.config;

import io.pushfanout.model.FanoutSpec;

/**
 * A resource of a file.
 *
 * @param line where its name is
 * @param spec with generation 1: a file does not say how often it has changed
 */
record FoundFanout(int line, FanoutSpec spec) {}

package io.pushfanout.queue;

import io.pushfanout.model.StatusCode;

/**
 * A message that a node could not handle.
 *
 * @param offset its position among the messages that one acknowledgement covers, from 0
 * @param detail the node's own words, one line
 */
public record DeliveryFailure(int offset, StatusCode code, String detail) {}

package io.pushfanout.http;

import io.pushfanout.protocol.BroadCastReply;
import io.pushfanout.server.CallStatus;

/** The result of one broadcast of a request. */
sealed interface ItemResult {
  record Replied(BroadCastReply reply) implements ItemResult {}

  record Refused(CallStatus status) implements ItemResult {}
}

package io.pushfanout.simulation;

import java.nio.ByteBuffer;

/** A unary call. */
final class ServerCall extends ServerStream {
  private boolean answered;

  ServerCall(ServerConnection connection, int id, int receiveWindow, int sendWindow) {
    super(connection, id, receiveWindow, sendWindow);
  }

  @Override
  void onBody() {}

  @Override
  void onEnd() {
    Answer answer = node().nextAnswer(manners().calls);
    if (answer.isAbsence()) {
      // A proxy replies at once, and the node does not receive the call.
      answered = true;
      refuse(answer);
      return;
    }
    long think = manners().thinkNanos;
    later(think / 2, () -> admit(answer, think - think / 2));
  }

  private void admit(Answer answer, long left) {
    connection.admitted(id);
    byte[] message = nextMessage();
    if (message == null) {
      throw new Violation(Invariant.PROTOCOL_IS_KEPT, node() + ": a call without a whole message");
    }
    int bound = manners().largestMessage;
    Answer now = bound > 0 && message.length > bound ? Answer.EXHAUSTED : answer;
    if (now == Answer.OK || now == Answer.NEVER || now == Answer.HEADERS_ALONE) {
      node().received(ByteBuffer.wrap(message).getLong(), false);
    }
    later(left, () -> answer(now));
  }

  private void answer(Answer answer) {
    if (answer == Answer.OK) {
      answered = true;
      send(new byte[5]);
      endWith("grpc-status", "0");
    } else if (answer != Answer.NEVER) {
      answered = true;
      refuse(answer);
    }
  }

  @Override
  void mannersChanged() {
    // A call without a reply stays without one: its deadline ends it.
    if (answered && manners().calls == Answer.OK) {
      connection.sendMore(this);
    }
  }
}

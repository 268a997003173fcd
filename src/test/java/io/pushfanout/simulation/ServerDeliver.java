package io.pushfanout.simulation;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.netty.handler.codec.http2.Http2Error;
import io.pushfanout.protocol.v1.DeliverRequest;
import io.pushfanout.protocol.v1.DeliverResponse;
import io.pushfanout.protocol.v1.Envelope;
import io.pushfanout.protocol.v1.Failure;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;

/** A stream of deliveries. */
final class ServerDeliver extends ServerStream {
  private final Queue<ByteString> envelopes = new ArrayDeque<>();
  private final List<Failure> failures = new ArrayList<>();
  private long handled;
  private boolean anything;
  private boolean handling;
  private boolean over;
  private long lastActivity;

  ServerDeliver(ServerConnection connection, int id, int receiveWindow, int sendWindow) {
    super(connection, id, receiveWindow, sendWindow);
    lastActivity = scheduler().elapsed();
    watchIdle();
  }

  private void watchIdle() {
    long cut = manners().idleCutNanos;
    if (cut <= 0) {
      return;
    }
    later(
        lastActivity + cut - scheduler().elapsed(),
        () -> {
          if (scheduler().elapsed() - lastActivity < cut) {
            watchIdle();
          } else if (!over) {
            over = true;
            scheduler().trace(node(), "cuts the idle stream", id);
            connection.sendReset(this, Http2Error.NO_ERROR);
          }
        });
  }

  @Override
  void onBody() {
    lastActivity = scheduler().elapsed();
    anything = true;
    if (!over && !manners().buffers) {
      take();
    }
  }

  private void take() {
    Answer answer = manners().streams;
    if (answer != Answer.OK && !hasBody()) {
      return;
    }
    if (answer != Answer.OK) {
      over = true;
      if (answer == Answer.NEVER) {
        return;
      }
      later(answer.isAbsence() ? 0 : manners().thinkNanos, () -> refuse(answer));
      return;
    }
    for (byte[] m = nextMessage(); m != null; m = nextMessage()) {
      int bound = manners().largestMessage;
      if (bound > 0 && m.length > bound) {
        over = true;
        later(0, () -> refuse(Answer.EXHAUSTED));
        return;
      }
      try {
        for (Envelope envelope : DeliverRequest.parseFrom(m).getEnvelopesList()) {
          envelopes.add(envelope.getBroadcast());
        }
      } catch (InvalidProtocolBufferException e) {
        throw new Violation(Invariant.PROTOCOL_IS_KEPT, node() + ": no DeliverRequest");
      }
    }
    handle();
  }

  private void handle() {
    if (handling || over) {
      return;
    }
    if (envelopes.isEmpty()) {
      if (requestEnded && ended) {
        over = true;
        begin();
        endWith("grpc-status", "0");
      }
      return;
    }
    handling = true;
    later(manners().thinkNanos / 2, this::handleSome);
  }

  private boolean ended;

  private void handleSome() {
    handling = false;
    if (over) {
      return;
    }
    connection.admitted(id);
    int count = 1 + scheduler().random.nextInt(envelopes.size());
    for (int i = 0; i < count; i++) {
      long message = envelopes.remove().asReadOnlyByteBuffer().getLong();
      Answer answer = node().nextAnswer(Answer.OK);
      if (answer == Answer.OK) {
        node().received(message, true);
      } else {
        node().errors++;
        failures.add(
            Failure.newBuilder()
                .setIndex(handled)
                .setCode(answer == Answer.UNAVAILABLE ? 14 : 13)
                .setMessage("odd")
                .build());
      }
      handled++;
    }
    later(manners().thinkNanos / 2, this::acknowledge);
  }

  private long acknowledged;

  private void acknowledge() {
    if (over) {
      return;
    }
    if (handled > acknowledged) {
      acknowledged = handled;
      DeliverResponse response =
          DeliverResponse.newBuilder().setAcknowledged(handled).addAllFailures(failures).build();
      failures.clear();
      lastActivity = scheduler().elapsed();
      byte[] bytes = prefixed(response.toByteArray());
      if (manners().acksByBytes) {
        for (byte b : bytes) {
          send(new byte[] {b});
        }
      } else {
        send(bytes);
      }
    }
    handle();
  }

  @Override
  void onEnd() {
    ended = true;
    lastActivity = scheduler().elapsed();
    if (over) {
      return;
    }
    if (!anything) {
      Answer answer = manners().question;
      if (answer == Answer.OK) {
        later(
            manners().questionNanos,
            () -> {
              begin();
              endWith("grpc-status", "0");
            });
      } else if (answer != Answer.NEVER) {
        later(manners().questionNanos, () -> refuse(answer));
      }
      return;
    }
    if (manners().buffers) {
      take();
    }
    handle();
  }

  @Override
  void mannersChanged() {
    if (over && manners().streams == Answer.OK) {
      // The envelopes that it has swallowed stay unhandled.
      connection.sendReset(this, Http2Error.INTERNAL_ERROR);
    } else if (!over && anything && !manners().buffers) {
      take();
      watchIdle();
    }
  }

  /** Returns the nanoseconds without a byte on a stream that waits for our side; otherwise 0. */
  long quietNanos() {
    return over || !anything || requestEnded ? 0 : scheduler().elapsed() - lastActivity;
  }

  @Override
  public String toString() {
    return Arrays.toString(new long[] {id, handled, envelopes.size()});
  }
}

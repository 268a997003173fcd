package io.pushfanout.server;

import static io.pushfanout.server.TransportCase.ALPHA;
import static io.pushfanout.server.TransportCase.BROADCAST;
import static io.pushfanout.server.TransportCase.CHECK;
import static io.pushfanout.server.TransportCase.MAX_MESSAGE;
import static io.pushfanout.server.TransportCase.REFLECTION;
import static io.pushfanout.server.TransportCase.WATCH;
import static io.pushfanout.server.TransportCase.conversation;
import static io.pushfanout.server.TransportCase.fields;
import static io.pushfanout.server.TransportCase.sent;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Conversations that differ in the messages of calls. */
final class MessageCases {
  private MessageCases() {}

  static List<TransportCase> all() throws IOException {
    byte[] broadcast = Requests.broadcast();
    byte[] plain = RequestFrames.message(0, broadcast);
    byte[] gzipped = RequestFrames.message(1, Requests.gzipped(broadcast));
    List<TransportCase> cases = new ArrayList<>();
    // ---- encodings
    for (String encoding : List.of("gzip", "identity", "GZIP", "deflate", "", "gzip,identity")) {
      cases.add(sent("plain by " + encoding, BROADCAST, plain, "grpc-encoding", encoding));
      cases.add(sent("gzip by " + encoding, BROADCAST, gzipped, "grpc-encoding", encoding));
    }
    cases.add(sent("gzip by none", BROADCAST, gzipped));
    cases.add(
        sent(
            "two encodings",
            BROADCAST,
            gzipped,
            "grpc-encoding",
            "deflate",
            "grpc-encoding",
            "gzip"));
    cases.add(sent("accepts", BROADCAST, plain, "grpc-accept-encoding", "gzip,deflate,identity"));
    cases.add(
        sent("no gzip", BROADCAST, RequestFrames.message(1, broadcast), "grpc-encoding", "gzip"));
    byte[] half = Requests.gzipped(broadcast);
    cases.add(
        sent(
            "half a gzip",
            BROADCAST,
            RequestFrames.message(1, Arrays.copyOf(half, half.length / 2)),
            "grpc-encoding",
            "gzip"));
    cases.add(sent("empty gzip", BROADCAST, RequestFrames.message(1), "grpc-encoding", "gzip"));
    // ---- messages
    for (int flag : new int[] {2, 3, 0x7e, 0x80, 0xff}) {
      cases.add(sent("flag " + flag, BROADCAST, RequestFrames.message(flag, broadcast)));
      cases.add(sent("flag of check " + flag, CHECK, RequestFrames.message(flag)));
      cases.add(sent("flag of reflection " + flag, REFLECTION, RequestFrames.message(flag)));
    }
    for (String path : List.of(BROADCAST, CHECK, WATCH, REFLECTION, ALPHA, "/a/b")) {
      cases.add(conversation("no body " + path, f -> f.headers(1, true, fields(path))));
      cases.add(sent("no message " + path, path, new byte[0]));
      cases.add(sent("empty message " + path, path, RequestFrames.message(0)));
      cases.add(sent("half prefix " + path, path, new byte[3]));
      cases.add(sent("prefix only " + path, path, RequestFrames.prefixed(0, 100)));
      cases.add(sent("cut " + path, path, RequestFrames.prefixed(0, 100, broadcast)));
      cases.add(sent("negative " + path, path, RequestFrames.prefixed(0, -1, broadcast)));
      cases.add(sent("most negative " + path, path, RequestFrames.prefixed(0, 1 << 31)));
      cases.add(sent("gigabyte " + path, path, RequestFrames.prefixed(0, 1 << 30)));
      cases.add(sent("noise " + path, path, RequestFrames.message(0, new byte[] {10, 100, 'a'})));
      cases.add(sent("zeros " + path, path, RequestFrames.message(0, new byte[10])));
      cases.add(
          conversation(
              "two messages " + path,
              f ->
                  f.headers(1, false, fields(path))
                      .data(1, false, RequestFrames.message(0))
                      .data(1, true, RequestFrames.message(0))));
      cases.add(
          conversation(
              "a message and half a prefix " + path,
              f ->
                  f.headers(1, false, fields(path))
                      .data(1, false, RequestFrames.message(0))
                      .data(1, true, new byte[2])));
      cases.add(
          conversation(
              "trailers " + path,
              f ->
                  f.headers(1, false, fields(path))
                      .data(1, false, RequestFrames.message(0))
                      .trailers(1, "a", "b")));
      cases.add(
          conversation(
              "trailers alone " + path,
              f -> f.headers(1, false, fields(path)).trailers(1, "a", "b")));
      cases.add(
          conversation(
              "open " + path,
              f -> f.headers(1, false, fields(path)).data(1, false, RequestFrames.message(0))));
      cases.add(
          conversation(
              "cancelled " + path,
              f -> f.headers(1, false, fields(path)).data(1, false, new byte[1]).cancel(1)));
      cases.add(
          sent(
              "gzip " + path,
              path,
              RequestFrames.message(1, Requests.gzipped(new byte[0])),
              "grpc-encoding",
              "gzip"));
      cases.add(
          sent(
              "bad gzip " + path,
              path,
              RequestFrames.message(1, broadcast),
              "grpc-encoding",
              "gzip"));
      cases.add(sent("compressed " + path, path, RequestFrames.message(1, broadcast)));
      for (int size : new int[] {MAX_MESSAGE, MAX_MESSAGE + 1, 2 * MAX_MESSAGE, 60_000}) {
        byte[] large = Requests.broadcastOfSize(size);
        cases.add(sent(size + " bytes " + path, path, RequestFrames.message(0, large)));
        cases.add(
            sent(
                size + " bytes as gzip " + path,
                path,
                RequestFrames.message(1, Requests.gzipped(large)),
                "grpc-encoding",
                "gzip"));
      }
    }
    for (int i = 0; i <= plain.length; i++) {
      int at = i;
      cases.add(
          conversation(
              "split at " + at,
              f ->
                  f.headers(1, false, fields(BROADCAST))
                      .data(1, false, Arrays.copyOf(plain, at))
                      .data(1, true, Arrays.copyOfRange(plain, at, plain.length))));
    }
    cases.add(
        conversation(
            "byte by byte",
            f -> {
              f.headers(1, false, fields(BROADCAST));
              for (byte each : plain) {
                f.data(1, false, each);
              }
              f.data(1, true);
            }));
    cases.add(
        conversation(
            "many calls",
            f -> {
              for (int i = 0; i < 50; i++) {
                f.headers(2 * i + 1, false, fields(BROADCAST));
              }
              for (int i = 0; i < 50; i++) {
                f.data(2 * i + 1, true, plain);
              }
            }));
    return cases;
  }
}

package io.pushfanout.server;

import static io.pushfanout.server.TransportCase.BROADCAST;
import static io.pushfanout.server.TransportCase.CHECK;
import static io.pushfanout.server.TransportCase.WATCH;
import static io.pushfanout.server.TransportCase.begun;
import static io.pushfanout.server.TransportCase.called;
import static io.pushfanout.server.TransportCase.conversation;
import static io.pushfanout.server.TransportCase.fields;
import static io.pushfanout.server.TransportCase.sent;

import io.pushfanout.model.Rpc;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Conversations that differ in the headers of calls. */
final class HeaderCases {
  private HeaderCases() {}

  private static String[] without(String name, String... fields) {
    List<String> left = new ArrayList<>();
    for (int i = 0; i < fields.length; i += 2) {
      if (!fields[i].equals(name)) {
        left.addAll(List.of(fields[i], fields[i + 1]));
      }
    }
    return left.toArray(String[]::new);
  }

  private static String[] with(String name, String value, String... fields) {
    String[] changed = fields.clone();
    for (int i = 0; i < fields.length; i += 2) {
      if (fields[i].equals(name)) {
        changed[i + 1] = value;
      }
    }
    return changed;
  }

  static List<TransportCase> all() {
    byte[] plain = RequestFrames.message(0, Requests.broadcast());
    List<TransportCase> cases = new ArrayList<>();
    cases.add(called("a broadcast", fields(BROADCAST)));
    cases.add(
        sent(
            "to a room",
            Rpc.BROADCAST_TO_ROOM.path(),
            RequestFrames.message(0, Requests.broadcastToRoom())));
    // ---- paths, methods, types
    for (String path :
        List.of(
            "/",
            "//",
            "broadcast",
            "*",
            "",
            "/protocol.PushServer",
            "/protocol.PushServer/",
            "/protocol.PushServer/Nothing",
            "/protocol.PushServer/Broadcast/",
            "/protocol.PushServer/Broadcast?x=1",
            "/protocol.pushserver/broadcast",
            "/nothing.Service/Method",
            "/%",
            "/" + "x".repeat(150),
            "/" + "x".repeat(1000))) {
      cases.add(begun("path " + path, fields(path)));
    }
    for (String method : List.of("GET", "PUT", "post", "", "OPTIONS", "CONNECT", "HEAD")) {
      cases.add(begun("method " + method, with(":method", method, fields(BROADCAST))));
    }
    cases.add(called("no path", without(":path", fields(BROADCAST))));
    cases.add(called("no method", without(":method", fields(BROADCAST))));
    cases.add(called("no scheme", without(":scheme", fields(BROADCAST))));
    cases.add(called("scheme x", with(":scheme", "x", fields(BROADCAST))));
    cases.add(called("no te", without("te", fields(BROADCAST))));
    cases.add(begun("te gzip", with("te", "gzip", fields(BROADCAST))));
    cases.add(called("no authority", without(":authority", fields(BROADCAST))));
    cases.add(called("a host", without(":authority", fields(BROADCAST, "host", "a"))));
    cases.add(
        called("two hosts", without(":authority", fields(BROADCAST, "host", "a", "host", "b"))));
    cases.add(called("host and authority", fields(BROADCAST, "host", "a", "host", "b")));
    cases.add(begun("connection", fields(BROADCAST, "connection", "close")));
    cases.add(begun("keep-alive", fields(BROADCAST, "keep-alive", "x")));
    cases.add(begun("upgrade", fields(BROADCAST, "upgrade", "x")));
    cases.add(begun("transfer-encoding", fields(BROADCAST, "transfer-encoding", "chunked")));
    cases.add(begun("upper case", fields(BROADCAST, "Upper", "x")));
    cases.add(begun("empty name", fields(BROADCAST, "", "x")));
    cases.add(begun("blank name", fields(BROADCAST, "a b", "x")));
    cases.add(begun("line end", fields(BROADCAST, "a", "x\r\ny")));
    cases.add(begun("nul", fields(BROADCAST, "a", "x\0y")));
    cases.add(called("blanks around", fields(BROADCAST, "a", " x ")));
    cases.add(begun("pseudo at end", fields(BROADCAST, ":late", "x")));
    cases.add(begun("status", fields(BROADCAST, ":status", "200")));
    cases.add(called("latin", fields(BROADCAST, "a", "é")));
    cases.add(begun("binary", fields(BROADCAST, "a-bin", "!!!")));
    cases.add(begun("two paths", fields(BROADCAST, ":path", CHECK)));
    for (String type :
        List.of(
            "application/grpc+proto",
            "application/grpc;charset=utf-8",
            "application/grpc+json",
            "APPLICATION/GRPC",
            "application/grpc-web",
            "application/grpc ",
            "application/json",
            "",
            "x".repeat(300))) {
      cases.add(called("type " + type, with("content-type", type, fields(BROADCAST))));
    }
    cases.add(called("no type", without("content-type", fields(BROADCAST))));
    cases.add(called("two types", fields(BROADCAST, "content-type", "x")));
    for (String length : List.of("0", "1", "" + plain.length, "-1", "x", "")) {
      cases.add(called("content-length " + length, fields(BROADCAST, "content-length", length)));
    }
    // ---- timeouts
    for (String timeout :
        List.of(
            "1H",
            "99999999H",
            "5M",
            "30S",
            "20000m",
            "+5S",
            "-5S",
            "0n",
            "S",
            "",
            "5",
            "5s",
            "5 S",
            "100000000n",
            "000000001S",
            "99999999999S",
            "x",
            "5.5S")) {
      cases.add(called("timeout " + timeout, fields(BROADCAST, "grpc-timeout", timeout)));
    }
    cases.add(
        called(
            "good and bad timeout", fields(BROADCAST, "grpc-timeout", "5S", "grpc-timeout", "x")));
    cases.add(
        called(
            "bad and good timeout", fields(BROADCAST, "grpc-timeout", "x", "grpc-timeout", "5S")));
    cases.add(sent("unknown method, timeout", "/a/b", plain, "grpc-timeout", "x"));
    cases.add(
        new TransportCase(
            "deadline passes while the message is awaited",
            f -> f.headers(1, false, fields(BROADCAST, "grpc-timeout", "50m")),
            1));
    cases.add(
        new TransportCase(
            "deadline passes in a message",
            f ->
                f.headers(1, false, fields(BROADCAST, "grpc-timeout", "50m"))
                    .data(1, false, Arrays.copyOf(plain, 7)),
            1));
    cases.add(
        new TransportCase(
            "deadline of a watch",
            f ->
                f.headers(1, false, fields(WATCH, "grpc-timeout", "50m"))
                    .data(1, true, RequestFrames.message(0)),
            1));
    // ---- metadata
    for (String target :
        List.of("all", "a/b", "a", "", "a/b/c", "A/B", "all ", " all", "/", "é/b", "a/b,c/d")) {
      cases.add(sent("target " + target, BROADCAST, plain, "pushfanout-target", target));
    }
    cases.add(
        sent(
            "two targets",
            BROADCAST,
            plain,
            "pushfanout-target",
            "all",
            "pushfanout-target",
            "all"));
    for (String nodes :
        List.of(
            "a:1",
            "a:1,b:2",
            "",
            ",",
            "a",
            "a:1, b:2 ",
            "a:0",
            "[::1]:5",
            "é:1",
            "a:1,".repeat(2000),
            "x".repeat(40_000))) {
      cases.add(
          sent(
              "nodes " + nodes.substring(0, Math.min(20, nodes.length())),
              BROADCAST,
              plain,
              "pushfanout-nodes",
              nodes));
    }
    cases.add(
        sent("two nodes", BROADCAST, plain, "pushfanout-nodes", "a:1", "pushfanout-nodes", "b:1"));
    for (String via :
        List.of("a", "a,b", "a,b,c,d,e,f,g", "a,b,c,d,e,f,g,h", "", ",", "é", "x".repeat(500))) {
      cases.add(sent("via " + via, BROADCAST, plain, "pushfanout-via", via));
    }
    cases.add(
        sent(
            "via and bad target",
            BROADCAST,
            plain,
            "pushfanout-via",
            "a,b,c,d,e,f,g,h",
            "pushfanout-target",
            "x"));
    for (String authorization :
        List.of(
            "Bearer x", "bearer x", "Bearer", "Bearer ", "Basic x", "", "Bearer a b", "Bearer é")) {
      cases.add(
          sent("authorization " + authorization, BROADCAST, plain, "authorization", authorization));
    }
    cases.add(
        sent(
            "two authorizations",
            BROADCAST,
            plain,
            "authorization",
            "Bearer x",
            "authorization",
            "Bearer y"));
    for (int size : new int[] {10_000, 60_000, 64_900, 66_000, 70_000, 80_000, 90_000, 200_000}) {
      cases.add(sent("metadata of " + size, BROADCAST, plain, "x-large", "v".repeat(size)));
      cases.add(
          conversation(
              "metadata of " + size + ", then a call",
              f ->
                  f.headers(1, true, fields(BROADCAST, "x-large", "v".repeat(size)))
                      .headers(3, false, fields(BROADCAST))
                      .data(3, true, plain)));
    }
    return cases;
  }
}

package io.pushfanout.server;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.pushfanout.protocol.BroadCastReq;
import io.pushfanout.protocol.BroadCastRoomReq;
import io.pushfanout.protocol.Proto;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.zip.GZIPOutputStream;

/** Valid requests, for tests to send or to spoil. */
public final class Requests {
  private Requests() {}

  public static Proto proto() {
    return Proto.newBuilder()
        .setVer(1)
        .setOp(5)
        .setSeq(-3)
        .setBody(ByteString.copyFromUtf8("hello"))
        .setRoomid("lobby")
        .build();
  }

  public static byte[] broadcast() {
    return BroadCastReq.newBuilder().setProto(proto()).build().toByteArray();
  }

  public static byte[] broadcastToRoom() {
    return BroadCastRoomReq.newBuilder().setRoomId("lobby").setProto(proto()).build().toByteArray();
  }

  /** Returns a Broadcast request of exactly this many bytes, from 20; some sizes do not exist. */
  public static byte[] broadcastOfSize(int size) {
    for (int frame = 0; frame < 20; frame++) {
      byte[] bytes =
          BroadCastReq.newBuilder()
              .setProto(Proto.newBuilder().setBody(ByteString.copyFrom(new byte[size - frame])))
              .build()
              .toByteArray();
      if (bytes.length == size) {
        return bytes;
      }
    }
    throw new IllegalArgumentException("no request has " + size + " bytes");
  }

  public static byte[] gzipped(byte[] message) throws IOException {
    ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
      gzip.write(message);
    }
    return compressed.toByteArray();
  }

  /** Returns a request with fields of a later version, in the request and inside its proto. */
  public static byte[] broadcastFromTheFuture() {
    UnknownFieldSet unknown =
        UnknownFieldSet.newBuilder()
            .addField(
                90,
                UnknownFieldSet.Field.newBuilder()
                    .addVarint(-1)
                    .addFixed32(7)
                    .addLengthDelimited(ByteString.copyFromUtf8("new"))
                    .addGroup(
                        UnknownFieldSet.newBuilder()
                            .addField(1, UnknownFieldSet.Field.newBuilder().addFixed64(9).build())
                            .build())
                    .build())
            .build();
    return BroadCastReq.newBuilder()
        .setProto(proto().toBuilder().setUnknownFields(unknown))
        .setUnknownFields(unknown)
        .build()
        .toByteArray();
  }
}

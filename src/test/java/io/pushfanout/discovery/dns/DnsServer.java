package io.pushfanout.discovery.dns;

import com.google.common.base.Splitter;
import io.netty.handler.codec.dns.DnsRecordType;
import io.pushfanout.concurrent.Threads;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A real name server on loopback, by UDP and TCP, with the answers of a test. A name without an
 * answer does not exist.
 */
final class DnsServer implements AutoCloseable {
  static final int SERVFAIL = 2;
  static final int REFUSED = 5;

  private static final int NXDOMAIN = 3;
  private static final int HEADER = 12;

  /** An answer flag, recursion available, and of a query that wanted it. */
  private static final int RESPONSE = 0x8180;

  private static final int TRUNCATED = 0x0200;

  private final Map<String, Answer> answers = new ConcurrentHashMap<>();
  private final List<String> queries = new CopyOnWriteArrayList<>();
  private final DatagramSocket udp;
  private final ServerSocket tcp;

  /**
   * An answer.
   *
   * @param code the response code
   * @param records the data of the records
   * @param byTcpAlone whether the answer by UDP is truncated
   */
  private record Answer(boolean silent, int code, List<byte[]> records, boolean byTcpAlone) {}

  DnsServer() {
    try {
      InetAddress loopback = InetAddress.getLoopbackAddress();
      tcp = new ServerSocket(0, 50, loopback);
      udp = new DatagramSocket(tcp.getLocalPort(), loopback);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Threads.start("dns-udp", this::serveUdp);
    Threads.start("dns-tcp", this::serveTcp);
  }

  InetSocketAddress address() {
    return new InetSocketAddress(udp.getLocalAddress(), udp.getLocalPort());
  }

  /** Returns the queries so far, each as {@code TYPE name.}. */
  List<String> queries() {
    return List.copyOf(queries);
  }

  /** Sets the addresses of a name; of the other family it has none. */
  void has(String name, String... addresses) {
    List<byte[]> all = Arrays.stream(addresses).map(DnsServer::bytes).toList();
    put(DnsRecordType.A, name, answer(all.stream().filter(ip -> ip.length == 4).toList()));
    put(DnsRecordType.AAAA, name, answer(all.stream().filter(ip -> ip.length != 4).toList()));
  }

  /** Sets the SRV records of a name, each {@code port target}. */
  void hasServices(String name, String... services) {
    put(DnsRecordType.SRV, name, answer(Arrays.stream(services).map(DnsServer::service).toList()));
  }

  void hasRaw(DnsRecordType type, String name, byte[]... records) {
    put(type, name, answer(List.of(records)));
  }

  void hasByTcpAlone(String name, String... addresses) {
    has(name, addresses);
    answers.replaceAll(
        (_, answer) -> new Answer(answer.silent(), answer.code(), answer.records(), true));
  }

  void fails(DnsRecordType type, String name, int code) {
    put(type, name, new Answer(false, code, List.of(), false));
  }

  void isSilent(DnsRecordType type, String name) {
    put(type, name, new Answer(true, 0, List.of(), false));
  }

  void hasNothing(String name) {
    answers.keySet().removeIf(question -> question.endsWith(" " + name));
  }

  private static Answer answer(List<byte[]> records) {
    return new Answer(false, 0, records, false);
  }

  private void put(DnsRecordType type, String name, Answer answer) {
    answers.put(type.name() + " " + name, answer);
  }

  private static byte[] bytes(String address) {
    try {
      return InetAddress.getByName(address).getAddress();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A target that ends in {@code *} is compressed: the rest of it is the name of the question. */
  private static byte[] service(String portAndTarget) {
    List<String> parts = Splitter.on(' ').splitToList(portAndTarget);
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    data.writeBytes(
        ByteBuffer.allocate(6)
            .putShort((short) 1)
            .putShort((short) 2)
            .putShort((short) Integer.parseInt(parts.getFirst()))
            .array());
    for (String label : Splitter.on('.').omitEmptyStrings().split(parts.getLast())) {
      if (label.equals("*")) {
        data.writeBytes(new byte[] {(byte) 0xC0, HEADER});
        return data.toByteArray();
      }
      data.write(label.length());
      data.writeBytes(label.getBytes(StandardCharsets.US_ASCII));
    }
    data.write(0);
    return data.toByteArray();
  }

  private void serveUdp() {
    byte[] buffer = new byte[1500];
    while (!udp.isClosed()) {
      try {
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        udp.receive(packet);
        byte[] answer = answer(Arrays.copyOf(buffer, packet.getLength()), false);
        if (answer.length > 0) {
          udp.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
        }
      } catch (IOException _) {
        // Closed, or a client that is gone.
      }
    }
  }

  private void serveTcp() {
    while (!tcp.isClosed()) {
      try (Socket client = tcp.accept()) {
        DataInputStream in = new DataInputStream(client.getInputStream());
        byte[] query = new byte[in.readUnsignedShort()];
        in.readFully(query);
        byte[] answer = answer(query, true);
        DataOutputStream out = new DataOutputStream(client.getOutputStream());
        out.writeShort(answer.length);
        out.write(answer);
      } catch (IOException _) {
        // Closed, or a client that is gone.
      }
    }
  }

  private byte[] answer(byte[] query, boolean byTcp) throws IOException {
    List<String> labels = new ArrayList<>();
    int at = HEADER;
    while (query[at] != 0) {
      labels.add(new String(query, at + 1, query[at], StandardCharsets.US_ASCII));
      at += query[at] + 1;
    }
    int type = ByteBuffer.wrap(query).getShort(at + 1);
    int questionEnds = at + 5;
    String question = DnsRecordType.valueOf(type).name() + " " + String.join(".", labels);
    queries.add(question + ".");
    Answer answer = answers.getOrDefault(question, new Answer(false, NXDOMAIN, List.of(), false));
    boolean truncated = answer.byTcpAlone() && !byTcp;
    List<byte[]> records = truncated ? List.of() : answer.records();
    if (answer.silent()) {
      return new byte[0];
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.write(query, 0, 2);
    out.writeShort(RESPONSE | answer.code() | (truncated ? TRUNCATED : 0));
    out.writeShort(1);
    out.writeShort(records.size());
    out.writeInt(0);
    out.write(query, HEADER, questionEnds - HEADER);
    for (byte[] data : records) {
      out.writeShort(0xC000 | HEADER);
      out.writeShort(type);
      out.writeShort(1);
      out.writeInt(3600);
      out.writeShort(data.length);
      out.write(data);
    }
    return bytes.toByteArray();
  }

  @Override
  public void close() {
    udp.close();
    try {
      tcp.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

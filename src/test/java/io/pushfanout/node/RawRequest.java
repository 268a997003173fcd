package io.pushfanout.node;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;

/** A request written byte by byte, so that it may have any host, or stop half way. */
final class RawRequest implements AutoCloseable {
  private static final String CONTENT_LENGTH = "content-length:";

  private final Socket socket;
  private final BufferedReader in;

  RawRequest(int port, String... lines) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(20_000);
    in = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
    send((String.join("\r\n", lines) + "\r\n").getBytes(US_ASCII));
  }

  void send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
  }

  /** Returns the status of the response, or -1 when the connection ends without one. */
  int status() throws IOException {
    String line = in.readLine();
    return line == null ? -1 : Integer.parseInt(line.split(" ", -1)[1]);
  }

  /** Returns the rest of the response: its headers and its body of one line. */
  String rest() throws IOException {
    StringBuilder rest = new StringBuilder();
    int length = 0;
    for (String line = in.readLine(); !line.isEmpty(); line = in.readLine()) {
      rest.append(line).append('\n');
      if (line.regionMatches(true, 0, CONTENT_LENGTH, 0, CONTENT_LENGTH.length())) {
        length = Integer.parseInt(line.substring(CONTENT_LENGTH.length()).strip());
      }
    }
    for (int i = 0; i < length; i++) {
      rest.append((char) in.read());
    }
    return rest.toString();
  }

  /** Reads and discards bytes until the server closes the connection. */
  void awaitEnd() throws IOException {
    try {
      while (in.readLine() != null) {}
    } catch (SocketException _) {
      // A reset is an end too.
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}

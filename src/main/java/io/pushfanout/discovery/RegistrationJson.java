package io.pushfanout.discovery;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.io.JsonEOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A parser of registrations in JSON. Etcd's naming API for Go stores {@code
 * {"Op":0,"Addr":"host:port","Metadata":…}}. Without any of its names, those of frameworks count:
 * {@code address} (kitex, hertz, dubbo-go), {@code endpoints} with URLs (kratos), {@code nodes}
 * (go-micro). Without any of these, the key has the address (GoFrame, hertz).
 *
 * <p>It reads as Go does: names in any case, the last of two equal names counts, others are
 * skipped.
 *
 * <p>It uses jackson-core, which Vert.x brings: a stream of tokens, so that metadata of any size
 * and shape allocates no tree.
 */
final class RegistrationJson {
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(100).build())
          .build();

  /** Protocols of go-micro's servers without gRPC; those with gRPC name it grpc. */
  private static final Set<String> OTHER_PROTOCOLS = Set.of("http", "mucp");

  private final JsonParser parser;
  private boolean naming;
  private String addr = "";
  private String address = "";
  private String network = "";
  private String protocol = "";
  private boolean endpoints;
  private String grpcEndpoint = "";
  private boolean nodes;
  private String node = "";
  private String otherProtocol = "";

  private RegistrationJson(JsonParser parser) {
    this.parser = parser;
  }

  /**
   * Returns the address as written; empty when the key has it.
   *
   * @throws IllegalArgumentException when it is not an address of gRPC; the message is one line
   */
  static Optional<String> address(String json) {
    try (JsonParser parser = JSON.createParser(json)) {
      RegistrationJson read = new RegistrationJson(parser);
      read.object();
      return read.address();
    } catch (JsonEOFException e) {
      throw new NotJsonException("it ends too early", e);
    } catch (JacksonException e) {
      throw new NotJsonException(e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // A text in memory cannot fail to be read.
    }
  }

  /** A refusal of a text that is not JSON; its message may quote a piece of it. */
  static final class NotJsonException extends IllegalArgumentException {
    static final String PROBLEM = "not JSON";

    NotJsonException(String why, @Nullable Throwable cause) {
      super(PROBLEM + ": " + why, cause);
    }
  }

  private void object() throws IOException {
    parser.nextToken(); // The caller saw the brace.
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      field(parser.currentName().toLowerCase(Locale.ROOT), parser.nextToken());
      parser.skipChildren();
    }
    if (parser.nextToken() != null) {
      throw new NotJsonException("something follows the object", null);
    }
  }

  private void field(String name, @Nullable JsonToken token) throws IOException {
    switch (name) {
      case "op" -> {
        naming = true;
        requireAdded(token);
      }
      case "addr" -> {
        naming = true;
        if (token != JsonToken.VALUE_STRING) {
          throw new IllegalArgumentException("\"Addr\" is no string");
        }
        addr = text(token);
      }
      case "address" -> address = text(token);
      case "network" -> network = text(token);
      case "protocol" -> protocol = text(token);
      case "endpoints" -> endpoints(token);
      case "nodes" -> nodes(token);
      default -> {
        // Metadata.
      }
    }
  }

  private String text(@Nullable JsonToken token) throws IOException {
    return token == JsonToken.VALUE_STRING ? parser.getText().strip() : "";
  }

  /**
   * Rejects all operations but 0, which adds an address. A removal deletes the key, and is never
   * stored.
   */
  private void requireAdded(@Nullable JsonToken token) throws IOException {
    if (token != JsonToken.VALUE_NUMBER_INT || !parser.getText().equals("0")) {
      throw new IllegalArgumentException("\"Op\" is not 0, which would add an address");
    }
  }

  /**
   * Reads the first URL of gRPC, else the first that may be one; go-micro's endpoints are objects
   * that describe methods.
   */
  private void endpoints(@Nullable JsonToken token) throws IOException {
    endpoints = token == JsonToken.START_ARRAY;
    grpcEndpoint = "";
    if (!endpoints) {
      return;
    }
    String possible = "";
    for (JsonToken item = next(); item != JsonToken.END_ARRAY; item = next()) {
      String url = text(item);
      if (grpcEndpoint.isEmpty() && AddressText.isGrpc(url)) {
        grpcEndpoint = url;
      } else if (possible.isEmpty() && AddressText.mayBeGrpc(url)) {
        possible = url;
      }
      parser.skipChildren();
    }
    grpcEndpoint = grpcEndpoint.isEmpty() ? possible : grpcEndpoint;
  }

  /** Reads the first node with an address and no other protocol: each key holds one. */
  private void nodes(@Nullable JsonToken token) throws IOException {
    nodes = token == JsonToken.START_ARRAY;
    node = "";
    otherProtocol = "";
    if (!nodes) {
      return;
    }
    for (JsonToken item = next(); item != JsonToken.END_ARRAY; item = next()) {
      if (item == JsonToken.START_OBJECT) {
        node();
      } else {
        parser.skipChildren();
      }
    }
  }

  private void node() throws IOException {
    String found = "";
    String speaks = "";
    while (next() == JsonToken.FIELD_NAME) {
      String name = parser.currentName().toLowerCase(Locale.ROOT);
      JsonToken token = next();
      if (name.equals("metadata") && token == JsonToken.START_OBJECT) {
        speaks = protocol();
      } else {
        found = name.equals("address") ? text(token) : found;
        parser.skipChildren();
      }
    }
    if (OTHER_PROTOCOLS.contains(speaks)) {
      otherProtocol = speaks;
    } else {
      node = node.isEmpty() ? found : node;
    }
  }

  /** Returns the protocol in a node's metadata. */
  private String protocol() throws IOException {
    String found = "";
    while (next() == JsonToken.FIELD_NAME) {
      boolean named = parser.currentName().equals("protocol");
      JsonToken token = next();
      found = named ? text(token) : found;
      parser.skipChildren();
    }
    return found;
  }

  /** Returns the next token inside an array or an object. */
  private @Nullable JsonToken next() throws IOException {
    JsonToken token = parser.nextToken();
    if (token == null) {
      throw new NotJsonException("it ends too early", null);
    }
    return token;
  }

  private Optional<String> address() {
    if (naming) {
      return Optional.of(required(addr, "the JSON has no \"Addr\""));
    }
    if (!address.isEmpty()) {
      if (!network.isEmpty() && !network.toLowerCase(Locale.ROOT).startsWith("tcp")) {
        throw new IllegalArgumentException("the \"network\" is not tcp");
      }
      return Optional.of(address);
    }
    if (nodes && node.isEmpty() && !otherProtocol.isEmpty()) {
      throw new IllegalArgumentException(
          "the \"protocol\" is %s, not grpc".formatted(otherProtocol));
    }
    if (nodes) {
      return Optional.of(required(node, "\"nodes\" has no \"address\""));
    }
    if (endpoints) {
      return Optional.of(required(grpcEndpoint, "\"endpoints\" has no URL with grpc://"));
    }
    if (protocol.toLowerCase(Locale.ROOT).startsWith("http")) {
      throw new IllegalArgumentException("the \"protocol\" is http, not grpc");
    }
    return Optional.empty();
  }

  private static String required(String found, String problem) {
    if (found.isEmpty()) {
      throw new IllegalArgumentException(problem);
    }
    return found;
  }
}

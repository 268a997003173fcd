package io.pushfanout.discovery;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import io.pushfanout.discovery.Registration.Directory;
import io.pushfanout.discovery.Registration.Malformed;
import io.pushfanout.discovery.Registration.Node;
import io.pushfanout.fuzz.FuzzTarget;
import io.pushfanout.fuzz.Held;
import io.pushfanout.model.NodeAddress;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A fuzz target for registrations. The first line of an input is the key's suffix, the rest its
 * value.
 */
public final class RegistrationFuzz implements FuzzTarget {
  @Override
  public String name() {
    return "registration";
  }

  @Override
  public void take(byte[] input) throws IOException {
    int end = 0;
    while (end < input.length && input[end] != '\n') {
      end++;
    }
    String suffix = new String(input, 0, end, StandardCharsets.UTF_8);
    byte[] value = Arrays.copyOfRange(input, Math.min(end + 1, input.length), input.length);
    Registration quoted = Registration.parse(suffix, value, true);
    Registration discreet = Registration.parse(suffix, value, false);
    Held.that(quoted.getClass() == discreet.getClass(), "quoting decides", suffix);
    switch (quoted) {
      case Malformed(String problem) -> {
        Held.line(problem, Registration.LONGEST_PROBLEM + 1);
        Held.line(((Malformed) discreet).problem(), Registration.LONGEST_PROBLEM + 1);
      }
      case Directory() -> Held.that(Held.text(value).isBlank(), "a value is lost", suffix);
      case Node(NodeAddress address) -> {
        Held.that(NodeAddress.parse(address.toString()).equals(address), "not itself", address);
        compare(suffix, Held.text(value).strip(), address);
      }
    }
  }

  /** Holds the two forms of the contract to the address that another reader finds in them. */
  private static void compare(String suffix, String text, NodeAddress address) throws IOException {
    String said = text.startsWith("{") ? addressByGson(text) : text.isEmpty() ? suffix : text;
    NodeAddress plain;
    try {
      plain = NodeAddress.parse(said);
    } catch (IllegalArgumentException _) {
      return; // The form of a framework.
    }
    Held.that(plain.equals(address), "another reader reads", said, address);
  }

  /** Returns the last {@code Addr}, in any case, or an empty string if there is none. */
  private static String addressByGson(String json) throws IOException {
    String address = "";
    try (JsonReader reader = new JsonReader(new StringReader(json))) {
      reader.setStrictness(Strictness.STRICT);
      reader.beginObject();
      while (reader.hasNext()) {
        if (reader.nextName().equalsIgnoreCase("Addr")) {
          address = reader.nextString().strip();
        } else {
          reader.skipValue();
        }
      }
      reader.endObject();
      Held.that(reader.peek() == JsonToken.END_DOCUMENT, "something follows", json);
    }
    return address;
  }
}

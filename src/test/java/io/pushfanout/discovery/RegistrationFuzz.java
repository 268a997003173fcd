package io.pushfanout.discovery;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import io.pushfanout.discovery.Registration.Malformed;
import io.pushfanout.discovery.Registration.Node;
import io.pushfanout.fuzz.FuzzTarget;
import io.pushfanout.fuzz.Held;
import io.pushfanout.model.NodeAddress;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The first line is a key's suffix, the rest its value. */
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
    switch (Registration.parse(suffix, value)) {
      case Malformed(String problem) -> Held.line(problem, Registration.LONGEST_PROBLEM + 1);
      case Node(NodeAddress address) -> {
        Held.that(NodeAddress.parse(address.toString()).equals(address), "not itself", address);
        String text = Held.text(value).strip();
        String said = text.startsWith("{") ? addressByGson(text) : text.isEmpty() ? suffix : text;
        Held.that(NodeAddress.parse(said).equals(address), "another reader reads", said, address);
      }
    }
  }

  /** The last {@code Addr}, in any case. */
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

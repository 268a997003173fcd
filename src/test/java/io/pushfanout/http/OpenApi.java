package io.pushfanout.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import java.io.IOException;
import java.net.http.HttpHeaders;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

/** The file {@code docs/openapi.yaml}, and the check of a response against it. */
final class OpenApi {
  private static final JsonMapper JSON = new JsonMapper();
  private static final JsonSchemaFactory SCHEMAS =
      JsonSchemaFactory.getInstance(VersionFlag.V202012);

  private final JsonNode root;

  OpenApi() throws IOException {
    root = new YAMLMapper().readTree(Files.readString(Path.of("docs/openapi.yaml")));
  }

  /** Returns the names of the fields of an object in the file. */
  Set<String> names(String pointer) {
    Set<String> names = new TreeSet<>();
    root.at(pointer).fieldNames().forEachRemaining(names::add);
    assertThat(names).as(pointer).isNotEmpty();
    return names;
  }

  JsonNode at(String pointer) {
    return root.at(pointer);
  }

  /** Returns the statuses of a method of a path. */
  Set<String> statuses(String method, String path) {
    return names(operation(method, path) + "/responses");
  }

  private static String operation(String method, String path) {
    return "/paths/" + path.replace("/", "~1") + "/" + method;
  }

  /** Returns whether the schema of a request has the body as valid. */
  boolean isRequest(String path, String json) throws IOException {
    JsonNode schema = root.at(operation("post", path) + "/requestBody/content/application~1json");
    return schema(schema.get("schema")).validate(JSON.readTree(json)).isEmpty();
  }

  /** Checks a response: its status, type, headers and body. */
  void check(String method, String path, int status, HttpHeaders headers, String body)
      throws IOException {
    JsonNode response = root.at(operation(method, path) + "/responses").get("" + status);
    assertThat(response).as("%s %s has status %d", method, path, status).isNotNull();
    JsonNode documented = response.path("headers");
    for (String name : Set.of("Retry-After", "Allow", "WWW-Authenticate")) {
      if (headers.firstValue(name).isPresent()) {
        assertThat(documented.has(name)).as("%s of status %d", name, status).isTrue();
        assertThat(
                schema(resolved(documented.get(name)).get("schema"))
                    .validate(JsonNodeFactory.instance.textNode(headers.firstValue(name).get())))
            .isEmpty();
      }
    }
    if (!response.has("content") || body.isEmpty()) {
      return;
    }
    String type = headers.firstValue("Content-Type").orElseThrow().split(";", 2)[0];
    JsonNode content = response.get("content").get(type);
    assertThat(content).as("%s of status %d", type, status).isNotNull();
    JsonNode shown =
        type.equals("application/json")
            ? JSON.readTree(body)
            : JsonNodeFactory.instance.textNode(body);
    assertThat(schema(content.get("schema")).validate(shown)).as("%s", body).isEmpty();
  }

  private JsonNode resolved(JsonNode node) {
    JsonNode ref = node.get("$ref");
    return ref == null ? node : root.at(ref.asText().substring(1));
  }

  /** Returns the schema, with the file's parts that it refers to. */
  private JsonSchema schema(JsonNode node) {
    ObjectNode whole = JsonNodeFactory.instance.objectNode();
    whole.set("components", root.get("components"));
    whole.putArray("allOf").add(node);
    return SCHEMAS.getSchema(whole);
  }
}

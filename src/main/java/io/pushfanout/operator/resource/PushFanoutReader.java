package io.pushfanout.operator.resource;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.pushfanout.model.SettingException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A deserializer that accepts every resource, for any content of its spec and status. Lists and
 * watches are decoded as one piece, so a resource that fails would lose all others.
 */
final class PushFanoutReader extends JsonDeserializer<PushFanout> {

  @Override
  public PushFanout deserialize(JsonParser json, DeserializationContext context)
      throws IOException {
    JsonNode tree = context.readTree(json);
    PushFanout resource = new PushFanout();
    @Nullable JsonNode metadata = tree.get("metadata");
    if (metadata instanceof ObjectNode fields) {
      // No code reads these fields, and they nest as deep as any field of the resource.
      fields.remove("managedFields");
      resource.setMetadata(context.readTreeAsValue(fields, ObjectMeta.class));
    }
    resource.setStatus(StatusReader.read(tree.path("status")));
    try {
      resource.setSpec(SpecReader.read(tree.path("spec")));
    } catch (SettingException e) {
      resource.refuse(e);
    }
    return resource;
  }
}

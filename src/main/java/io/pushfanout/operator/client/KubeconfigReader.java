package io.pushfanout.operator.client;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.AuthInfo;
import io.fabric8.kubernetes.api.model.AuthProviderConfig;
import io.fabric8.kubernetes.api.model.Cluster;
import io.fabric8.kubernetes.api.model.Config;
import io.fabric8.kubernetes.api.model.Context;
import io.fabric8.kubernetes.api.model.ExecConfig;
import io.fabric8.kubernetes.api.model.NamedAuthInfo;
import io.fabric8.kubernetes.api.model.NamedCluster;
import io.fabric8.kubernetes.api.model.NamedContext;
import io.fabric8.kubernetes.api.model.NamedExtension;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A reader of an object in a kubeconfig. It fills the library's types field by field. Jackson would
 * examine these types by reflection, which takes a tenth of an operator's start.
 */
record KubeconfigReader(JsonNode object) {
  KubeconfigReader {
    if (!object.isObject()) {
      throw new IllegalArgumentException("no object");
    }
  }

  /**
   * Reads a kubeconfig; other fields than those in use are skipped.
   *
   * @throws RuntimeException when the text is no YAML, or a field has another type
   */
  static Config read(String text) {
    KubeconfigReader top = new KubeconfigReader(Serialization.unmarshal(text, JsonNode.class));
    Config config = new Config();
    config.setCurrentContext(top.text("current-context"));
    config.setContexts(top.objects("contexts", KubeconfigReader::namedContext));
    config.setClusters(top.objects("clusters", KubeconfigReader::namedCluster));
    config.setUsers(top.objects("users", KubeconfigReader::namedUser));
    return config;
  }

  private NamedContext namedContext() {
    return new NamedContext(object("context", KubeconfigReader::context), text("name"));
  }

  private NamedCluster namedCluster() {
    return new NamedCluster(object("cluster", KubeconfigReader::cluster), text("name"));
  }

  private NamedAuthInfo namedUser() {
    return new NamedAuthInfo(text("name"), object("user", KubeconfigReader::user));
  }

  private Context context() {
    Context context = new Context();
    context.setCluster(text("cluster"));
    context.setNamespace(text("namespace"));
    context.setUser(text("user"));
    return context;
  }

  private Cluster cluster() {
    Cluster cluster = new Cluster();
    cluster.setServer(text("server"));
    cluster.setCertificateAuthority(text("certificate-authority"));
    cluster.setCertificateAuthorityData(text("certificate-authority-data"));
    cluster.setInsecureSkipTlsVerify(flag("insecure-skip-tls-verify"));
    cluster.setProxyUrl(text("proxy-url"));
    cluster.setTlsServerName(text("tls-server-name"));
    cluster.setExtensions(objects("extensions", KubeconfigReader::extension));
    return cluster;
  }

  private NamedExtension extension() {
    return new NamedExtension(field("extension"), text("name"));
  }

  private AuthInfo user() {
    AuthInfo user = new AuthInfo();
    user.setToken(text("token"));
    user.setTokenFile(text("tokenFile"));
    user.setClientCertificate(text("client-certificate"));
    user.setClientCertificateData(text("client-certificate-data"));
    user.setClientKey(text("client-key"));
    user.setClientKeyData(text("client-key-data"));
    user.setUsername(text("username"));
    user.setPassword(text("password"));
    user.setAs(text("as"));
    user.setAsUid(text("as-uid"));
    user.setAsGroups(texts("as-groups"));
    user.setAsUserExtra(textsByName("as-user-extra"));
    user.setAuthProvider(object("auth-provider", _ -> new AuthProviderConfig()));
    user.setExec(object("exec", KubeconfigReader::exec));
    return user;
  }

  /** Returns the plugin of a user, read by the library: few users have one. */
  private ExecConfig exec() {
    return Serialization.unmarshal(object.toString(), ExecConfig.class);
  }

  private @Nullable JsonNode field(String name) {
    JsonNode field = object.get(name);
    return field == null || field.isNull() ? null : field;
  }

  private @Nullable String text(String name) {
    JsonNode field = field(name);
    return field == null ? null : text(field);
  }

  private static String text(JsonNode field) {
    if (!field.isValueNode()) {
      throw new IllegalArgumentException("no text");
    }
    return field.asText();
  }

  private @Nullable Boolean flag(String name) {
    String text = text(name);
    if (text == null || text.isEmpty()) {
      return null;
    }
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException("neither true nor false");
    };
  }

  private List<String> texts(String name) {
    List<String> texts = new ArrayList<>();
    list(name).forEach(one -> texts.add(text(one)));
    return texts;
  }

  private Map<String, List<String>> textsByName(String name) {
    Map<String, List<String>> byName = new HashMap<>();
    JsonNode field = field(name);
    if (field != null) {
      KubeconfigReader lists = new KubeconfigReader(field);
      field.fieldNames().forEachRemaining(key -> byName.put(key, lists.texts(key)));
    }
    return byName;
  }

  private Iterable<JsonNode> list(String name) {
    JsonNode field = field(name);
    if (field != null && !field.isArray()) {
      throw new IllegalArgumentException("no list");
    }
    return field == null ? List.of() : field;
  }

  private <T> @Nullable T object(String name, Function<KubeconfigReader, T> read) {
    JsonNode field = field(name);
    return field == null ? null : read.apply(new KubeconfigReader(field));
  }

  /** Returns the objects of a list without its empty entries. */
  private <T> List<T> objects(String name, Function<KubeconfigReader, T> read) {
    List<T> objects = new ArrayList<>();
    for (JsonNode one : list(name)) {
      if (!one.isNull()) {
        objects.add(read.apply(new KubeconfigReader(one)));
      }
    }
    return objects;
  }
}

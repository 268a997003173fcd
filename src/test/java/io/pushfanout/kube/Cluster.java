package io.pushfanout.kube;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.pushfanout.operator.CrdFile;
import io.pushfanout.operator.resource.PushFanout;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A JUnit extension that shares an API server, with the CRD, among many tests of this JVM, and
 * gives each test a namespace. A test class holds the extension in a static field with
 * {@code @RegisterExtension}.
 */
public final class Cluster implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback {
  /**
   * Key for {@code @ResourceLock} of each class that has a cluster: tests freeze and kill the
   * server, and each test's end clears all namespaces.
   */
  public static final String LOCK = "the API server";

  /** Key for {@code @ResourceLock} of each class that has the {@link #second} cluster. */
  public static final String SECOND = "another API server";

  public static final String CRD_NAME = "pushfanouts.pushfanout.io";
  private static final long WAIT_SECONDS = 30;
  private static final ExtensionContext.Namespace STORE =
      ExtensionContext.Namespace.create(Cluster.class);
  private static final AtomicInteger NAMESPACES = new AtomicInteger();

  private final String lane;
  private @Nullable Shared shared;
  private @Nullable String namespace;

  /**
   * The shared server and its clients; JUnit closes them with its root store, after the last test.
   */
  private record Shared(ApiServer server, KubernetesClient client, Kubectl kubectl)
      implements AutoCloseable {
    static Shared start() {
      ApiServer server = ApiServer.started();
      KubeConfig admin = server.admin();
      return new Shared(server, admin.client(), new Kubectl(admin, server.folder()));
    }

    @Override
    public void close() {
      client.close();
      server.close();
    }
  }

  public Cluster() {
    this(LOCK);
  }

  private Cluster(String lane) {
    this.lane = lane;
  }

  /**
   * Returns a second cluster with an API server of its own: its classes run beside those of the
   * first.
   */
  public static Cluster second() {
    return new Cluster(SECOND);
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    shared =
        context.getRoot().getStore(STORE).computeIfAbsent(lane, _ -> Shared.start(), Shared.class);
    installCrdUnlessThere();
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    namespace = createNamespace();
  }

  /** Leaves a running server without resources. The namespaces stay: no controller ends them. */
  @Override
  public void afterEach(ExtensionContext context) {
    server().startUnlessRunning();
    installCrdUnlessThere();
    client().resources(PushFanout.class).inAnyNamespace().delete();
  }

  /** Returns the server's process, which a test may kill and freeze. */
  public ApiServer server() {
    return shared().server();
  }

  /** Returns the client of an administrator with all rights. */
  public KubernetesClient client() {
    return shared().client();
  }

  /** Returns the kubectl of an administrator with all rights. */
  public Kubectl kubectl() {
    return shared().kubectl();
  }

  /** Returns the namespace of the running test. */
  public String namespace() {
    return Objects.requireNonNull(namespace, "no test is running");
  }

  /** Creates another namespace and returns its name. */
  public String createNamespace() {
    String name = "test-" + NAMESPACES.incrementAndGet();
    client()
        .resource(new NamespaceBuilder().withNewMetadata().withName(name).endMetadata().build())
        .create();
    return name;
  }

  /** Applies the CRD of {@code crds/}, and waits until the server serves the kind. */
  public void installCrd() {
    try (InputStream yaml = Files.newInputStream(CrdFile.PATH)) {
      client().load(yaml).fieldManager("tests").forceConflicts().serverSideApply();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    crd().waitUntilCondition(Cluster::isEstablished, WAIT_SECONDS, TimeUnit.SECONDS);
  }

  private void installCrdUnlessThere() {
    if (!isEstablished(crd().get())) {
      installCrd();
    }
  }

  private Resource<CustomResourceDefinition> crd() {
    return client().apiextensions().v1().customResourceDefinitions().withName(CRD_NAME);
  }

  private static boolean isEstablished(@Nullable CustomResourceDefinition crd) {
    return crd != null
        && crd.getStatus() != null
        && crd.getStatus().getConditions() != null
        && crd.getStatus().getConditions().stream()
            .anyMatch(c -> c.getType().equals("Established") && c.getStatus().equals("True"));
  }

  /** Creates an account without rights in the test's namespace; its token is valid for an hour. */
  public KubeConfig createServiceAccount(String name) {
    return createServiceAccount(namespace(), name);
  }

  /** Creates an account without rights; its token is valid for an hour. */
  public KubeConfig createServiceAccount(String accountNamespace, String name) {
    client()
        .resource(
            new ServiceAccountBuilder()
                .withNewMetadata()
                .withNamespace(accountNamespace)
                .withName(name)
                .endMetadata()
                .build())
        .create();
    return serviceAccount(accountNamespace, name);
  }

  /** Returns the kubeconfig of an existing account; its token is valid for an hour. */
  public KubeConfig serviceAccount(String accountNamespace, String name) {
    String token =
        client()
            .serviceAccounts()
            .inNamespace(accountNamespace)
            .withName(name)
            .tokenRequest(
                new TokenRequestBuilder()
                    .withNewSpec()
                    .withExpirationSeconds(3600L)
                    .endSpec()
                    .build())
            .getStatus()
            .getToken();
    return server().admin().withToken(token).inNamespace(accountNamespace);
  }

  /** Returns another token of an account in the test's namespace, for this audience and an hour. */
  public String tokenFor(String account, String audience) {
    return client()
        .serviceAccounts()
        .inNamespace(namespace())
        .withName(account)
        .tokenRequest(
            new TokenRequestBuilder()
                .withNewSpec()
                .withAudiences(audience)
                .withExpirationSeconds(3600L)
                .endSpec()
                .build())
        .getStatus()
        .getToken();
  }

  /** Returns a token of the account that expires at this instant. */
  public String tokenUntil(String account, Instant expires) {
    String uid =
        client()
            .serviceAccounts()
            .inNamespace(namespace())
            .withName(account)
            .get()
            .getMetadata()
            .getUid();
    return MintedToken.of(server().tokenKey(), namespace(), account, uid, expires);
  }

  /** Writes the file for {@code KUBECONFIG}, and returns its path. */
  public Path file(KubeConfig config) {
    return config.writeTo(server().folder());
  }

  /** Returns a kubectl with the rights of this kubeconfig. */
  public Kubectl kubectl(KubeConfig config) {
    return new Kubectl(config, server().folder());
  }

  private Shared shared() {
    return Objects.requireNonNull(shared, "needs @RegisterExtension on a static field");
  }
}

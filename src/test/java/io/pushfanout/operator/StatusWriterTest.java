package io.pushfanout.operator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.pushfanout.operator.resource.PushFanout;
import io.pushfanout.operator.resource.ReplicaStatus;
import io.pushfanout.tools.LoggedLines;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Writes of a status before a server that answers each of them alike. */
class StatusWriterTest {
  private static final ReplicaStatus ENTRY = new ReplicaStatus("a", 1L, 0, 0, 0, List.of());

  @RegisterExtension private final LoggedLines lines = new LoggedLines(StatusWriter.class);

  private final AtomicLong nanos = new AtomicLong();
  private final AtomicInteger requests = new AtomicInteger();
  private final PushFanout resource = Observed.resource(1, 1);
  private String answer = "";
  private HttpServer server;
  private KubernetesClient client;
  private StatusWriter writer;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::fail);
    server.start();
    client =
        new KubernetesClientBuilder()
            .withConfig(
                new ConfigBuilder()
                    .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort())
                    .withRequestRetryBackoffLimit(0)
                    .build())
            .build();
    writer = new StatusWriter(client, "push", nanos::get);
  }

  private void fail(HttpExchange exchange) throws IOException {
    requests.incrementAndGet();
    if (answer.isEmpty()) {
      exchange.close();
      return;
    }
    byte[] status =
        "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"code\":500,\"message\":\"%s\"}"
            .formatted(answer)
            .getBytes(UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(500, status.length);
    exchange.getResponseBody().write(status);
    exchange.close();
  }

  @AfterEach
  void stop() {
    client.close();
    server.stop(0);
  }

  @Test
  void aResourceThatIsTooLargeIsNamedAndLeftOutForAWhile() {
    answer = "etcdserver: request is too large";
    writer.entry(resource, ENTRY);
    writer.entry(resource, ENTRY);

    assertThat(requests).hasValue(1);
    assertThat(lines.all())
        .containsExactly("WARN the status of prod/chat is not written: " + answer);

    nanos.addAndGet(StatusWriter.PAUSE.toNanos());
    writer.entry(resource, ENTRY);
    assertThat(requests).hasValue(2);
  }

  @Test
  void aResourceThatTheDefinitionNoLongerAllowsIsNamed() {
    answer = "failed to create typed live object (prod/chat): .spec.retry: expected map";
    writer.entry(resource, ENTRY);
    writer.entry(resource, ENTRY);

    assertThat(requests).hasValue(2);
    assertThat(lines.all()).hasSize(1).allMatch(line -> line.contains("prod/chat is not written"));
  }

  @Test
  void aResourceWithoutAnAnswerDelaysNoOtherTwice() {
    assertThatThrownBy(() -> writer.entry(resource, ENTRY))
        .isInstanceOf(KubernetesClientException.class);
    int before = requests.get();
    writer.entry(resource, ENTRY);

    assertThat(requests).hasValue(before);
  }

  @Test
  void aFailureOfTheServerIsThrownEachTime() {
    answer = "etcdserver: no leader";
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> writer.entry(resource, ENTRY)).hasMessageContaining(answer);
    }
    assertThat(lines.all()).isEmpty();
  }
}

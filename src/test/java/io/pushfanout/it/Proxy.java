package io.pushfanout.it;

import static org.awaitility.Awaitility.await;

import io.pushfanout.tools.ChildProcess;
import io.pushfanout.tools.Ports;
import io.pushfanout.tools.Programs;
import io.pushfanout.tools.PythonTool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A real proxy in front of a node, with its defaults except for a test's own settings. */
final class Proxy implements AutoCloseable {
  private static final Duration STARTS_WITHIN = Duration.ofSeconds(30);

  private final ChildProcess process;
  private final int port;

  private Proxy(ChildProcess process, int port) {
    this.process = process;
    this.port = port;
    try {
      await().atMost(STARTS_WITHIN).until(this::listens);
    } catch (RuntimeException | Error e) {
      process.close();
      throw new AssertionError("the proxy does not start: " + process, e);
    }
  }

  private boolean listens() {
    try (Socket _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return true;
    } catch (IOException _) {
      return false;
    }
  }

  /** Starts nginx with {@code grpc_pass}. */
  static Proxy nginx(String node) {
    int port = Ports.free();
    Path folder = folder();
    Path file =
        write(
            folder.resolve("nginx.conf"),
            """
            daemon off;
            pid %1$s/pid;
            error_log stderr;
            events {}
            http {
              access_log off;
              client_body_temp_path %1$s/body;
              proxy_temp_path %1$s/proxy;
              fastcgi_temp_path %1$s/fastcgi;
              uwsgi_temp_path %1$s/uwsgi;
              scgi_temp_path %1$s/scgi;
              server {
                listen 127.0.0.1:%2$d http2;
                location / { grpc_pass grpc://%3$s; }
              }
            }
            """
                .formatted(folder, port, node));
    String program = Programs.nginx().toString();
    return new Proxy(
        ChildProcess.start(
            "nginx",
            Map.of(),
            List.of(program, "-p", folder.toString(), "-c", file.toString(), "-e", "stderr")),
        port);
  }

  /** Starts an Envoy that forwards streams as they come. */
  static Proxy envoy(String node) {
    return envoy(node, "");
  }

  /** Starts an Envoy that buffers each request to its end, as WAFs and gateways do. */
  static Proxy bufferingEnvoy(String node) {
    return envoy(
        node,
        """
        - name: buffer
          typed_config:
            "@type": type.googleapis.com/envoy.extensions.filters.http.buffer.v3.Buffer
            max_request_bytes: 5242880
        """);
  }

  private static Proxy envoy(String node, String filters) {
    int port = Ports.free();
    int colon = node.lastIndexOf(':');
    String config =
        """
        static_resources:
          listeners:
          - address: {socket_address: {address: 127.0.0.1, port_value: %1$d}}
            filter_chains:
            - filters:
              - name: http
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                  codec_type: HTTP2
                  stat_prefix: http
                  route_config:
                    virtual_hosts:
                    - name: all
                      domains: ["*"]
                      routes:
                      - match: {prefix: "/"}
                        route: {cluster: node, timeout: 0s}
                  http_filters:
        %4$s          - name: router
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router
          clusters:
          - name: node
            connect_timeout: 1s
            typed_extension_protocol_options:
              envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
                "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                explicit_http_config: {http2_protocol_options: {}}
            load_assignment:
              cluster_name: node
              endpoints:
              - lb_endpoints:
                - endpoint:
                    address: {socket_address: {address: %2$s, port_value: %3$s}}
        """
            .formatted(
                port, node.substring(0, colon), node.substring(colon + 1), filters.indent(10));
    Path file = write(folder().resolve("envoy.yaml"), config);
    try {
      Path program = PythonTool.interpreter().resolveSibling("envoy");
      return new Proxy(
          ChildProcess.start(
              "envoy",
              Map.of(),
              List.of(
                  program.toString(),
                  "--use-dynamic-base-id",
                  "--concurrency",
                  "1",
                  "-c",
                  file.toString())),
          port);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path folder() {
    try {
      return Files.createDirectories(ChildProcess.file("proxy"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path write(Path file, String text) {
    try {
      return Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the proxy's {@code host:port}. */
  String address() {
    return "127.0.0.1:" + port;
  }

  /** Stops the proxy gracefully: a killed master would leave its workers. */
  @Override
  public void close() {
    process.signal("TERM");
    process.awaitExit(STARTS_WITHIN);
  }
}

package io.pushfanout.discovery;

import static org.awaitility.Awaitility.await;

import io.etcd.jetcd.Auth;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.auth.Permission;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.OptionsUtil;
import io.etcd.jetcd.options.PutOption;
import io.pushfanout.tools.ChildProcess;
import io.pushfanout.tools.GoTool;
import io.pushfanout.tools.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A real etcd on loopback with its own data, and the writes of tests to it. A test can kill it,
 * freeze it, and start it again on its data and ports.
 */
public final class EtcdServer implements AutoCloseable {
  /**
   * The {@code @ResourceLock} of each class with discoveries or registrations in its own process:
   * tests check the threads and the log that all of them share.
   */
  public static final String CLIENTS = "etcd clients in this process";

  /** A start takes a second on an idle machine. */
  private static final Duration STARTS_WITHIN = Duration.ofMinutes(1);

  private static final long SECONDS = 20;

  private final int clientPort;
  private final String scheme;
  private final List<String> arguments;
  private final Path data;
  private @Nullable ChildProcess process;
  private @Nullable Client client;

  EtcdServer(String name, int peerPort, String cluster, List<String> more) {
    this.clientPort = Ports.free();
    this.scheme = more.stream().anyMatch(a -> a.startsWith("--cert-file")) ? "https" : "http";
    try {
      this.data = Files.createTempDirectory("etcd");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.arguments = new ArrayList<>();
    arguments.add(GoTool.ETCD.path().toString());
    arguments.addAll(
        List.of(
            "--name=" + name,
            "--data-dir=" + data,
            "--listen-client-urls=" + endpoint(),
            "--advertise-client-urls=" + endpoint(),
            "--listen-peer-urls=http://127.0.0.1:" + peerPort,
            "--initial-advertise-peer-urls=http://127.0.0.1:" + peerPort,
            "--initial-cluster=" + cluster));
    arguments.addAll(more);
  }

  /** Returns a server that is not started yet. */
  public static EtcdServer absent(String... more) {
    int peerPort = Ports.free();
    return new EtcdServer("one", peerPort, "one=http://127.0.0.1:" + peerPort, List.of(more));
  }

  /** Returns a server that serves requests. */
  public static EtcdServer started(String... more) {
    EtcdServer server = absent(more);
    try {
      server.start();
      return server;
    } catch (RuntimeException | Error e) {
      server.close();
      throw e;
    }
  }

  /** Returns the URL for {@code --etcd-endpoints}. */
  public String endpoint() {
    return scheme + "://127.0.0.1:" + clientPort;
  }

  public int clientPort() {
    return clientPort;
  }

  /** Starts the server on its existing data; returns once it serves requests. */
  public void start() {
    launch();
    awaitReady();
  }

  /** Starts the process without waiting, for members that wait for each other. */
  void launch() {
    process = ChildProcess.start("etcd", Map.of(), arguments);
  }

  /** Waits until the server serves requests; a failed start leaves no process. */
  void awaitReady() {
    ChildProcess started = running();
    try {
      started.awaitText("ready to serve client requests", STARTS_WITHIN);
    } catch (AssertionError e) {
      process = null;
      throw e;
    }
  }

  /** Kills the process, like a power cut. Later writes of a test use a new connection at once. */
  public void kill() {
    if (client != null) {
      client.close();
      client = null;
    }
    if (process != null) {
      process.close();
      process = null;
    }
  }

  /**
   * Kills the process and deletes its data, like a broken disk: the next start has an empty store.
   */
  void killAndForget() {
    kill();
    deleteData();
  }

  /** Stops the process; its connections stay open, and no request is answered. */
  public void freeze() {
    running().signal("STOP");
  }

  public void thaw() {
    running().signal("CONT");
  }

  private ChildProcess running() {
    ChildProcess running = process;
    if (running == null) {
      throw new IllegalStateException("etcd is not running");
    }
    return running;
  }

  /** Returns a client for other requests of a test. */
  public Client client() {
    Client open = client;
    if (open == null) {
      open = Client.builder().endpoints(endpoint()).build();
      client = open;
    }
    return open;
  }

  public void put(String key, String value) {
    put(key, value.getBytes(StandardCharsets.UTF_8));
  }

  public void put(String key, byte[] value) {
    done(client().getKVClient().put(bytes(key), ByteSequence.from(value)));
  }

  public void put(String key, String value, long lease) {
    PutOption option = PutOption.builder().withLeaseId(lease).build();
    done(client().getKVClient().put(bytes(key), bytes(value), option));
  }

  /** Repeats the write until it succeeds: during an election, writes are lost. */
  public void putAtLast(String key, String value) {
    await()
        .atMost(Duration.ofSeconds(SECONDS))
        .until(
            () ->
                client()
                    .getKVClient()
                    .put(bytes(key), bytes(value))
                    .handle((_, failure) -> failure == null)
                    .completeOnTimeout(false, 500, TimeUnit.MILLISECONDS)
                    .join());
  }

  public void delete(String key) {
    done(client().getKVClient().delete(bytes(key)));
  }

  /** Deletes every key with the prefix. */
  public void deleteAll(String prefix) {
    DeleteOption option = DeleteOption.builder().isPrefix(true).build();
    done(client().getKVClient().delete(bytes(prefix), option));
  }

  /** Returns the key's value, or null if there is no key. */
  public @Nullable String get(String key) {
    return done(client().getKVClient().get(bytes(key))).getKvs().stream()
        .map(found -> found.getValue().toString(StandardCharsets.UTF_8))
        .findFirst()
        .orElse(null);
  }

  /** Returns the number of keys with the prefix. */
  public long count(String prefix) {
    GetOption option = GetOption.builder().isPrefix(true).withCountOnly(true).build();
    return done(client().getKVClient().get(bytes(prefix), option)).getCount();
  }

  /** Returns the key's lease, or 0 if there is no key. */
  public long leaseOf(String key) {
    return done(client().getKVClient().get(bytes(key))).getKvs().stream()
        .mapToLong(found -> found.getLease())
        .findFirst()
        .orElse(0);
  }

  public long grantLease(Duration ttl) {
    return done(client().getLeaseClient().grant(ttl.toSeconds())).getID();
  }

  public void revokeLease(long lease) {
    done(client().getLeaseClient().revoke(lease));
  }

  /** Compacts the history up to the present revision. */
  public void compact() {
    long revision = done(client().getKVClient().get(bytes("nothing"))).getHeader().getRevision();
    done(client().getKVClient().compact(revision));
  }

  /**
   * Requires authentication from now on. User root has the password rootsecret; user reader has the
   * password secret and may read the registrations of the service mine.
   */
  public void requireUsers() {
    Auth auth = client().getAuthClient();
    ByteSequence root = bytes("root");
    done(auth.userAdd(root, bytes("rootsecret")));
    done(auth.roleAdd(root));
    done(auth.userGrantRole(root, root));
    ByteSequence reader = bytes("reader");
    ByteSequence mine = bytes("/services/mine/");
    done(auth.userAdd(reader, bytes("secret")));
    done(auth.roleAdd(reader));
    done(
        auth.roleGrantPermission(
            reader, mine, OptionsUtil.prefixEndOf(mine), Permission.Type.READ));
    done(auth.userGrantRole(reader, reader));
    done(auth.authEnable());
  }

  /** Changes reader's password, after {@link #requireUsers}. */
  public void changePassword(String password) {
    try (Client root =
        Client.builder()
            .endpoints(endpoint())
            .user(bytes("root"))
            .password(bytes("rootsecret"))
            .build()) {
      done(root.getAuthClient().userChangePassword(bytes("reader"), bytes(password)));
    }
  }

  static ByteSequence bytes(String text) {
    return ByteSequence.from(text, StandardCharsets.UTF_8);
  }

  static <T> T done(CompletableFuture<T> call) {
    return call.orTimeout(SECONDS, TimeUnit.SECONDS).join();
  }

  @Override
  public void close() {
    kill();
    deleteData();
  }

  private void deleteData() {
    try (Stream<Path> files = Files.walk(data)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

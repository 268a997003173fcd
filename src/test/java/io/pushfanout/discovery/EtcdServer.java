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
 * A real etcd on loopback with data of its own, which can be killed, frozen and started again on
 * its data and its ports; and what a test writes into it.
 */
public final class EtcdServer implements AutoCloseable {
  /**
   * For {@code @ResourceLock} of each class that has discoveries or registrations in its own
   * process: tests look at the threads and the log that all of them share.
   */
  public static final String CLIENTS = "etcd clients in this process";

  /** A second where nobody else wants the processors. */
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

  /** One that is not started yet. */
  public static EtcdServer absent(String... more) {
    int peerPort = Ports.free();
    return new EtcdServer("one", peerPort, "one=http://127.0.0.1:" + peerPort, List.of(more));
  }

  /** One that answers. */
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

  /** For {@code --etcd-endpoints}. */
  public String endpoint() {
    return scheme + "://127.0.0.1:" + clientPort;
  }

  public int clientPort() {
    return clientPort;
  }

  /** Starts it, on the data that it left; returns once it answers. */
  public void start() {
    launch();
    awaitReady();
  }

  /** The same without waiting, for members that wait for each other. */
  void launch() {
    process = ChildProcess.start("etcd", Map.of(), arguments);
  }

  /** Waits until it answers; a start that fails leaves no process. */
  void awaitReady() {
    ChildProcess started = running();
    try {
      started.awaitText("ready to serve client requests", STARTS_WITHIN);
    } catch (AssertionError e) {
      process = null;
      throw e;
    }
  }

  /** As a power cut would. What a test writes later goes over a new connection, at once. */
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

  /** As a broken disk would: the next start is with an empty store. */
  void killAndForget() {
    kill();
    deleteData();
  }

  /** It keeps its connections, and does nothing. */
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

  /** For whatever else a test does with it. */
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

  /** The same where a leader may have to be elected first: a write before that is lost. */
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

  /** Deletes every key that begins so. */
  public void deleteAll(String prefix) {
    DeleteOption option = DeleteOption.builder().isPrefix(true).build();
    done(client().getKVClient().delete(bytes(prefix), option));
  }

  /** The key's value; null when there is none. */
  public @Nullable String get(String key) {
    return done(client().getKVClient().get(bytes(key))).getKvs().stream()
        .map(found -> found.getValue().toString(StandardCharsets.UTF_8))
        .findFirst()
        .orElse(null);
  }

  /** How many keys begin so. */
  public long count(String prefix) {
    GetOption option = GetOption.builder().isPrefix(true).withCountOnly(true).build();
    return done(client().getKVClient().get(bytes(prefix), option)).getCount();
  }

  /** The key's lease; 0 when there is no key. */
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

  /** Forgets all history but the present. */
  public void compact() {
    long revision = done(client().getKVClient().get(bytes("nothing"))).getHeader().getRevision();
    done(client().getKVClient().compact(revision));
  }

  /**
   * From now on only users may do anything: root with the password rootsecret, and reader with
   * secret, who may read the registrations of the service mine.
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

  /** Changes reader's password, once users are required. */
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

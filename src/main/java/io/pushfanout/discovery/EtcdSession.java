package io.pushfanout.discovery;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.common.exception.ErrorCode;
import io.etcd.jetcd.common.exception.EtcdExceptionFactory;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.OptionsUtil;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchEvent;
import io.etcd.jetcd.watch.WatchResponse;
import io.pushfanout.discovery.Registry.Change;
import io.pushfanout.discovery.Registry.Listing;
import io.pushfanout.model.EtcdPrefix;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A session with the member of etcd that a client is connected with. */
final class EtcdSession implements Session {
  /** Keys in one page; fewer when their values make the page too large. */
  private static final int PAGE = 1000;

  private final CompletableFuture<Client> client;
  private final String prefix;
  private final ByteSequence first;
  private final ByteSequence last;
  private final Consumer<EtcdSession> closed;
  private final CompletableFuture<Throwable> end = new CompletableFuture<>();
  private Watch.@Nullable Watcher watching;

  /**
   * @param closed called when the session is closed
   */
  EtcdSession(CompletableFuture<Client> client, String prefix, Consumer<EtcdSession> closed) {
    this.client = client;
    this.prefix = prefix;
    this.first = EtcdClients.utf8(prefix);
    this.last = OptionsUtil.prefixEndOf(first);
    this.closed = closed;
  }

  @Override
  public CompletableFuture<Throwable> end() {
    return end;
  }

  void ends(Throwable why) {
    end.complete(why);
  }

  @Override
  public CompletableFuture<Listing> list() {
    return client
        .copy()
        .orTimeout(EtcdClients.CALL_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
        .thenCompose(opened -> page(opened, new ArrayList<>(), first, 0, PAGE));
  }

  /**
   * Reads the pages from a key on, all at the revision of the first.
   *
   * @param revision 0 for the first page
   */
  private CompletableFuture<Listing> page(
      Client opened, List<Change> found, ByteSequence from, long revision, int limit) {
    GetOption option =
        GetOption.builder().withRange(last).withRevision(revision).withLimit(limit).build();
    return opened
        .getKVClient()
        .get(from, option)
        .orTimeout(EtcdClients.CALL_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
        .thenCompose(page -> rest(opened, found, page, revision, limit))
        .exceptionallyCompose(
            failure ->
                limit > 1 && isTooLarge(failure)
                    ? page(opened, found, from, revision, limit / 10)
                    : CompletableFuture.failedFuture(failure));
  }

  private CompletableFuture<Listing> rest(
      Client opened, List<Change> found, GetResponse page, long revision, int limit) {
    long at = revision == 0 ? page.getHeader().getRevision() : revision;
    List<KeyValue> keys = page.getKvs();
    keys.forEach(key -> found.add(written(key)));
    boolean full = found.size() >= Listing.MOST;
    if (page.isMore() && !full && !keys.isEmpty()) {
      return page(opened, found, after(keys.getLast().getKey()), at, limit);
    }
    return CompletableFuture.completedFuture(new Listing(at, found, !page.isMore()));
  }

  private static boolean isTooLarge(Throwable failure) {
    return EtcdExceptionFactory.toEtcdException(failure).getErrorCode()
        == ErrorCode.RESOURCE_EXHAUSTED;
  }

  private static ByteSequence after(ByteSequence key) {
    return key.concat(ByteSequence.from(new byte[] {0}));
  }

  @Override
  public void watch(long revision, Watcher watcher) {
    WatchOption option =
        WatchOption.builder()
            .withRange(last)
            .withRevision(revision)
            .withPrevKV(true)
            .withCreateNotify(true)
            .withRequireLeader(true)
            .build();
    // A listing has come before the watch, so the client is already there.
    var _ =
        client
            .thenAccept(opened -> watching = watch(opened, option, watcher))
            .exceptionally(
                failure -> {
                  ends(failure);
                  return null;
                });
  }

  private Watch.Watcher watch(Client opened, WatchOption option, Watcher watcher) {
    return opened
        .getWatchClient()
        .watch(
            first,
            option,
            Watch.listener(
                response -> deliver(response, watcher),
                this::ends,
                () -> ends(new IllegalStateException("etcd ended the watch"))));
  }

  private void deliver(WatchResponse response, Watcher watcher) {
    if (response.isCreatedNotify()) {
      watcher.created();
    }
    List<Change> changes = new ArrayList<>();
    for (WatchEvent event : response.getEvents()) {
      switch (event.getEventType()) {
        case PUT -> changes.add(written(event.getKeyValue()));
        case DELETE ->
            changes.add(
                new Change(
                    text(event.getKeyValue().getKey()),
                    event.getKeyValue().getModRevision(),
                    null));
        case UNRECOGNIZED -> {
          ends(new IllegalStateException("etcd sent an event of an unknown kind"));
          return;
        }
      }
    }
    if (!changes.isEmpty()) {
      watcher.changed(changes);
    }
  }

  private Change written(KeyValue key) {
    String suffix =
        new String(key.getKey().getBytes(), StandardCharsets.UTF_8).substring(prefix.length());
    return new Change(
        text(key.getKey()),
        key.getModRevision(),
        Registration.parse(suffix, key.getValue().getBytes(), EtcdPrefix.isOfServices(prefix)));
  }

  /** Returns the key with one char for each byte. */
  private static String text(ByteSequence key) {
    return new String(key.getBytes(), StandardCharsets.ISO_8859_1);
  }

  @Override
  public void close() {
    if (watching != null) {
      watching.close();
    }
    closed.accept(this);
  }
}

package io.pushfanout.discovery;

import io.pushfanout.discovery.Registry.Change;
import io.pushfanout.discovery.Registry.Listing;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A registry that answers at times set by the test. */
final class ScriptedRegistry implements Registry {
  final List<Scripted> sessions = new ArrayList<>();
  @Nullable RuntimeException refusesToOpen;
  @Nullable Error cannotOpen;

  @Override
  public Session open() {
    if (refusesToOpen != null) {
      throw refusesToOpen;
    }
    if (cannotOpen != null) {
      throw cannotOpen;
    }
    Scripted session = new Scripted();
    session.cannotList = cannotList;
    sessions.add(session);
    return session;
  }

  @Nullable Error cannotList;

  Scripted last() {
    return sessions.getLast();
  }

  static final class Scripted implements Session {
    final List<CompletableFuture<Listing>> lists = new ArrayList<>();
    private final CompletableFuture<Throwable> end = new CompletableFuture<>();
    long watchedFrom = -1;
    boolean closed;
    @Nullable Error cannotList;
    private @Nullable Watcher watcher;

    @Override
    public CompletableFuture<Listing> list() {
      if (cannotList != null) {
        throw cannotList;
      }
      CompletableFuture<Listing> list = new CompletableFuture<>();
      lists.add(list);
      return list;
    }

    @Override
    public void watch(long revision, Watcher given) {
      watchedFrom = revision;
      watcher = given;
    }

    @Override
    public CompletableFuture<Throwable> end() {
      return end;
    }

    @Override
    public void close() {
      closed = true;
    }

    void ends(Throwable why) {
      end.complete(why);
    }

    void answers(long revision, Change... keys) {
      lists.getLast().complete(RegistrationSetTest.listing(revision, keys));
    }

    void fails(Throwable why) {
      lists.getLast().completeExceptionally(why);
    }

    Watcher watcher() {
      if (watcher == null) {
        throw new AssertionError("nobody watches");
      }
      return watcher;
    }
  }
}

package io.pushfanout.client;

import com.google.common.base.CharMatcher;
import io.grpc.CallCredentials;
import io.grpc.Metadata;
import io.grpc.Status;
import io.pushfanout.reload.FileException;
import io.pushfanout.reload.SmallFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The credentials of calls with a bearer token from a file. The file may be replaced by a rotation,
 * such as Kubernetes', so it is read again after a second.
 */
public final class TokenCredentials extends CallCredentials {
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  private static final long READ_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** Maximum bytes of a token file, more than any token or server's metadata limit. */
  private static final int MAX_BYTES = 64 << 10;

  private final Path path;
  private final LongSupplier nanoClock;
  private volatile @Nullable Shown last;

  private record Shown(Metadata metadata, long readNanos) {}

  public TokenCredentials(Path path) {
    this(path, System::nanoTime);
  }

  TokenCredentials(Path path, LongSupplier nanoClock) {
    this.path = path;
    this.nanoClock = nanoClock;
  }

  @Override
  public void applyRequestMetadata(RequestInfo call, Executor executor, MetadataApplier applier) {
    long now = nanoClock.getAsLong();
    Shown shown = last;
    try {
      if (shown == null || now - shown.readNanos() >= READ_AGAIN_NANOS) {
        shown = new Shown(metadata(), now);
        last = shown;
      }
    } catch (FileException e) {
      applier.fail(Status.UNAUTHENTICATED.withDescription("the token file " + e.getMessage()));
      return;
    }
    applier.apply(shown.metadata());
  }

  private Metadata metadata() throws FileException {
    String token = SmallFile.read(path, MAX_BYTES).text(StandardCharsets.ISO_8859_1).strip();
    if (token.isEmpty() || !CharMatcher.inRange('!', '~').matchesAllOf(token)) {
      throw new FileException(path, "must have one token in it, and nothing else");
    }
    Metadata metadata = new Metadata();
    metadata.put(AUTHORIZATION, "Bearer " + token);
    return metadata;
  }
}

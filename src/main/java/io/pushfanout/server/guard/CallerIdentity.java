package io.pushfanout.server.guard;

import io.grpc.Context;
import org.jspecify.annotations.Nullable;

/**
 * The identity of a call's caller, such as {@code token:billing}: for the interceptors and handlers
 * behind {@link AuthInterceptor}, while they start the call.
 */
public final class CallerIdentity {
  private static final Context.Key<String> KEY = Context.key("pushfanout-caller");

  private CallerIdentity() {}

  /** Returns the caller of the call that is being started; null without authentication. */
  public static @Nullable String current() {
    return KEY.get();
  }

  static Context inContext(String caller) {
    return Context.current().withValue(KEY, caller);
  }
}

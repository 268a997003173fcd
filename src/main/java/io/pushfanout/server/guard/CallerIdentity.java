package io.pushfanout.server.guard;

import io.grpc.Context;
import org.jspecify.annotations.Nullable;

/**
 * Who makes a call, such as {@code token:billing}: for the interceptors and handlers behind {@link
 * AccessGate}, while they start the call.
 */
public final class CallerIdentity {
  private static final Context.Key<String> KEY = Context.key("pushfanout-caller");

  private CallerIdentity() {}

  /** Of the call that is being started; null where nobody was asked. */
  public static @Nullable String ofThisCall() {
    return KEY.get();
  }

  static Context inContext(String caller) {
    return Context.current().withValue(KEY, caller);
  }
}

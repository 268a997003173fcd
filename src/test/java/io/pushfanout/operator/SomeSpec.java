package io.pushfanout.operator;

import io.pushfanout.operator.resource.DiscoverySpec;
import io.pushfanout.operator.resource.OverrideSpec;
import io.pushfanout.operator.resource.PushFanoutSpec;
import io.pushfanout.operator.resource.TlsSpec;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A spec that sets one field and leaves the others to the defaults. */
final class SomeSpec {
  private @Nullable DiscoverySpec discovery;
  private @Nullable Integer workers;
  private @Nullable String queueBytes;
  private @Nullable TlsSpec tls;
  private @Nullable List<OverrideSpec> overrides;

  private SomeSpec() {}

  static PushFanoutSpec discovery(DiscoverySpec discovery) {
    return saying(spec -> spec.discovery = discovery);
  }

  static PushFanoutSpec workers(@Nullable Integer workers) {
    return saying(spec -> spec.workers = workers);
  }

  static PushFanoutSpec queueBytes(String queueBytes) {
    return saying(spec -> spec.queueBytes = queueBytes);
  }

  static PushFanoutSpec tls(TlsSpec tls) {
    return saying(spec -> spec.tls = tls);
  }

  static PushFanoutSpec overrides(List<OverrideSpec> overrides) {
    return saying(spec -> spec.overrides = overrides);
  }

  private static PushFanoutSpec saying(Consumer<SomeSpec> what) {
    SomeSpec some = new SomeSpec();
    what.accept(some);
    return new PushFanoutSpec(
        some.discovery,
        some.workers,
        null,
        some.queueBytes,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        some.tls,
        some.overrides);
  }
}

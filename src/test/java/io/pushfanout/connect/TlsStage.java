package io.pushfanout.connect;

import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.TlsChoice;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Engines that dial by the profiles of {@link TlsNodes}, for a class of tests; a static field with
 * {@code @RegisterExtension}.
 */
final class TlsStage implements BeforeAllCallback, AfterAllCallback {
  private final EventLoops loops = new EventLoops(1);
  private @Nullable TlsProfiles profiles;

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    profiles = TlsNodes.profiles();
  }

  @Override
  public void afterAll(ExtensionContext context) {
    Objects.requireNonNull(profiles).close();
    loops.close();
  }

  EngineDouble open(NodeAddress node, TlsChoice tls) throws Exception {
    return new EngineDouble(connector(Objects.requireNonNull(profiles)), node, tls);
  }

  /** Returns a connector with other profiles. */
  NettyConnector connector(TlsProfiles profiles) {
    return new NettyConnector(loops, profiles, 0);
  }
}

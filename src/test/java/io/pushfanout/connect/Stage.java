package io.pushfanout.connect;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.connect.ScriptedNode.Wire;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A scripted node and an engine that dials it, for each test; a field with
 * {@code @RegisterExtension}.
 */
final class Stage implements BeforeEachCallback, AfterEachCallback {
  private final EventLoops loops = new EventLoops(1);
  private @Nullable ScriptedNode node;
  private @Nullable EngineDouble engine;

  @Override
  public void beforeEach(ExtensionContext context) throws Exception {
    node = new ScriptedNode();
    engine = new EngineDouble(loops, node.address(), NettyConnector.Options.DEFAULT);
  }

  @Override
  public void afterEach(ExtensionContext context) throws Exception {
    engine().close();
    node().close();
    loops.close();
  }

  ScriptedNode node() {
    return present(node);
  }

  EngineDouble engine() {
    return present(engine);
  }

  private static <T> T present(@Nullable T part) {
    if (part == null) {
      throw new IllegalStateException("before the test");
    }
    return part;
  }

  /** Takes the engine's connection with these SETTINGS. */
  Wire connected(int... settings) throws Exception {
    Wire wire = node().acceptWithSettings(settings);
    assertThat(engine().next()).startsWith("connected");
    return wire;
  }

  /** Takes the engine's next connection, after the loss of one. */
  Wire connectedAgain() throws Exception {
    engine().reconnectNow();
    Wire wire = node().acceptWithSettings();
    String said = engine().next();
    while (said.startsWith("disconnected")) {
      said = engine().next();
    }
    assertThat(said).startsWith("connected");
    return wire;
  }

  /**
   * Holds that the engine is well served and has received no other event: on this connection, or on
   * another if this one has ended.
   */
  void assertServes(Wire wire, int call) throws Exception {
    if (engine().available()) {
      engine().deliver("after");
      wire.answerOk(wire.awaitRequest());
      assertThat(engine().next()).isEqualTo("completed " + call + " OK");
      assertThat(engine().heardNothingMore()).isTrue();
    } else {
      wire.close();
      try (Wire next = connectedAgain()) {
        engine().deliver("after");
        next.answerOk(next.awaitRequest());
        assertThat(engine().next()).isEqualTo("completed " + call + " OK");
        assertThat(engine().heardNothingMore()).isTrue();
      }
    }
  }
}

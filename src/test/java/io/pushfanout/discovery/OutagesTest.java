package io.pushfanout.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.slf4j.LoggerFactory;

@ResourceLock(EtcdServer.CLIENTS)
class OutagesTest {
  private static final Logger LOGGER = (Logger) LoggerFactory.getLogger(Outages.class);

  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final Outages outages = new Outages("http://etcd:2379");

  @BeforeEach
  void listen() {
    log.start();
    LOGGER.addAppender(log);
  }

  @AfterEach
  void stop() {
    LOGGER.detachAppender(log);
  }

  @Test
  void anOutageIsOneLineAndAnotherWhereTheCauseIsFoundLater() {
    Failure silent = new Failure(false, "no answer in time");
    Failure cause = new Failure(false, "TLS: it wants a certificate of ours");

    outages.unreachable("a", silent);
    outages.unreachable("b", silent);
    outages.unreachable("a", cause);
    outages.unreachable("b", silent);
    outages.unreachable("b", new Failure(false, "Connection refused"));
    outages.restored("a");
    outages.restored("b");
    outages.unreachable("a", cause);
    outages.unreachable("a", new Failure(false, "Connection refused"));

    assertThat(log.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly(
            "etcd is not reachable at http://etcd:2379, the nodes last known stay: no answer in time",
            "etcd is still not reachable at http://etcd:2379: TLS: it wants a certificate of ours",
            "etcd is back at http://etcd:2379",
            "etcd is not reachable at http://etcd:2379, the nodes last known stay: TLS: it wants a"
                + " certificate of ours");
  }
}

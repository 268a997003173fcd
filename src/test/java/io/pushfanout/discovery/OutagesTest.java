package io.pushfanout.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.pushfanout.plan.Registrations.Trouble;
import io.pushfanout.tools.LoggedLines;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.ResourceLock;

@ResourceLock(EtcdServer.CLIENTS)
class OutagesTest {
  @RegisterExtension private final LoggedLines lines = new LoggedLines(Outages.class);
  private final Outages outages = new Outages("http://etcd:2379");

  @Test
  void anOutageIsOneLineAndAnotherWhereTheCauseIsFoundLater() {
    Trouble silent = new Trouble(false, "no answer in time");
    Trouble cause = new Trouble(false, "TLS: it wants a certificate of ours");

    outages.unreachable("a", silent);
    outages.unreachable("b", silent);
    outages.unreachable("a", cause);
    outages.unreachable("b", silent);
    outages.unreachable("b", new Trouble(false, "Connection refused"));
    outages.restored("a");
    outages.restored("b");
    outages.unreachable("a", cause);
    outages.unreachable("a", new Trouble(false, "Connection refused"));

    assertThat(lines.all())
        .containsExactly(
            "WARN etcd is not reachable at http://etcd:2379, the nodes last known stay: no answer in time",
            "WARN etcd is still not reachable at http://etcd:2379: TLS: it wants a certificate of ours",
            "INFO etcd is back at http://etcd:2379",
            "WARN etcd is not reachable at http://etcd:2379, the nodes last known stay: TLS: it wants a"
                + " certificate of ours");
  }
}

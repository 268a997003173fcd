package io.pushfanout.discovery.dns;

import io.pushfanout.discovery.dns.NameWatch.ResolvConfSource;
import io.pushfanout.discovery.source.NodeDiscovery;
import io.pushfanout.discovery.source.SourceOutages;
import io.pushfanout.discovery.source.Watch;
import io.pushfanout.model.Discovery;

/** The discovery of connect-nodes by the records of DNS names. */
public final class DnsDiscovery extends NodeDiscovery<Discovery.Dns> {
  private final SourceOutages outages = new SourceOutages("DNS");
  private final DnsClient client = new DnsClient();
  private final ResolvConfSource conf;

  /** Uses the name servers of the machine. */
  public DnsDiscovery(Listener listener) {
    this(() -> ResolvConf.read(ResolvConf.FILE), listener);
  }

  DnsDiscovery(ResolvConfSource conf, Listener listener) {
    super("pushfanout-dns-discovery", listener);
    this.conf = conf;
  }

  @Override
  protected Watch<Discovery.Dns> watch(String source, Discovery.Dns dns) {
    return new NameWatch(client, conf, dns, thread(), outages, listener());
  }

  @Override
  public void close() {
    super.close();
    client.close();
  }
}

package io.pushfanout.discovery.dns;

import io.netty.buffer.ByteBuf;
import io.netty.channel.AddressedEnvelope;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DefaultDnsRecordDecoder;
import io.netty.handler.codec.dns.DnsRawRecord;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponse;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.handler.codec.dns.DnsSection;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsNameResolverChannelStrategy;
import io.netty.resolver.dns.DnsNameResolverTimeoutException;
import io.netty.resolver.dns.NoopAuthoritativeDnsServerCache;
import io.netty.resolver.dns.NoopDnsCache;
import io.netty.resolver.dns.NoopDnsCnameCache;
import io.netty.resolver.dns.SingletonDnsServerAddressStreamProvider;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import io.pushfanout.discovery.dns.DnsFailure.Kind;
import io.pushfanout.discovery.dns.Reply.Data;
import io.pushfanout.text.Causes;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A sender of single queries by UDP, and again by TCP where the answer is truncated, on a thread of
 * its own. Netty's {@code resolve} joins an empty answer, a missing name and a failure into one
 * exception, so each query is sent by itself. From any thread.
 */
final class DnsClient implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(2);

  /** Priority and weight of an SRV record in bytes; its port and target follow. */
  private static final int PRIORITY_AND_WEIGHT = 4;

  private static final int PORT = 2;

  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(
          1, new DefaultThreadFactory("pushfanout-dns", true), NioIoHandler.newFactory());

  private final DnsNameResolver resolver;

  DnsClient() {
    this(TIMEOUT);
  }

  /**
   * @param timeout limit of one query, its repetition by TCP included
   */
  DnsClient(Duration timeout) {
    // A port for each query: a forged answer has to guess it, and no broken socket stays.
    resolver =
        new DnsNameResolverBuilder(group.next())
            .datagramChannelType(NioDatagramChannel.class)
            .socketChannelType(NioSocketChannel.class)
            .datagramChannelStrategy(DnsNameResolverChannelStrategy.ChannelPerResolution)
            .queryTimeoutMillis(timeout.toMillis())
            .resolveCache(NoopDnsCache.INSTANCE)
            .cnameCache(NoopDnsCnameCache.INSTANCE)
            .authoritativeDnsServerCache(NoopAuthoritativeDnsServerCache.INSTANCE)
            // Each query names its server.
            .nameServerProvider(
                new SingletonDnsServerAddressStreamProvider(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 53)))
            .build();
  }

  /**
   * Sends a query to one name server.
   *
   * @param name an absolute name
   * @return fails with {@link DnsFailure}
   */
  CompletableFuture<Reply> query(InetSocketAddress server, String name, DnsRecordType type) {
    CompletableFuture<Reply> answer = new CompletableFuture<>();
    try {
      resolver
          .query(server, new DefaultDnsQuestion(name, type))
          .addListener(
              (Future<AddressedEnvelope<DnsResponse, InetSocketAddress>> query) ->
                  answered(query, type, answer));
    } catch (RuntimeException e) {
      answer.completeExceptionally(new DnsFailure(Kind.OTHER, Causes.text(e)));
    }
    return answer;
  }

  private static void answered(
      Future<AddressedEnvelope<DnsResponse, InetSocketAddress>> query,
      DnsRecordType type,
      CompletableFuture<Reply> answer) {
    if (!query.isSuccess()) {
      answer.completeExceptionally(failure(query.cause()));
      return;
    }
    AddressedEnvelope<DnsResponse, InetSocketAddress> envelope = query.getNow();
    try {
      answer.complete(read(envelope.content(), type));
    } catch (DnsFailure e) {
      answer.completeExceptionally(e);
    } catch (RuntimeException e) {
      answer.completeExceptionally(
          new DnsFailure(Kind.OTHER, "the answer is malformed: " + Causes.text(e)));
    } finally {
      envelope.release();
    }
  }

  private static DnsFailure failure(Throwable cause) {
    return cause instanceof DnsNameResolverTimeoutException
        ? new DnsFailure(Kind.TIMEOUT, "no answer in time")
        : new DnsFailure(
            Kind.OTHER, Causes.text(cause.getCause() == null ? cause : cause.getCause()));
  }

  private static Reply read(DnsResponse response, DnsRecordType type) throws DnsFailure {
    DnsResponseCode code = response.code();
    if (code.equals(DnsResponseCode.NXDOMAIN)) {
      return new Reply(List.of());
    }
    if (!code.equals(DnsResponseCode.NOERROR)) {
      throw new DnsFailure(
          code.equals(DnsResponseCode.SERVFAIL) ? Kind.SERVFAIL : Kind.OTHER,
          code.toString().replaceFirst("\\(.*", "").toUpperCase(Locale.ROOT));
    }
    if (response.isTruncated()) {
      throw new DnsFailure(Kind.OTHER, "the answer is truncated, and none came by TCP");
    }
    List<Data> records = new ArrayList<>();
    for (int i = 0; i < response.count(DnsSection.ANSWER); i++) {
      DnsRecord record = response.recordAt(DnsSection.ANSWER, i);
      // An alias has its record before those of the name that it leads to.
      if (record.type().equals(type) && record instanceof DnsRawRecord raw) {
        records.add(data(type, raw.content()));
      }
    }
    return new Reply(records);
  }

  private static Data data(DnsRecordType type, ByteBuf content) {
    if (type.equals(DnsRecordType.SRV)) {
      return service(content);
    }
    byte[] address = new byte[content.readableBytes()];
    content.getBytes(content.readerIndex(), address);
    try {
      return new Data.Address(InetAddress.getByAddress(address).getHostAddress());
    } catch (UnknownHostException _) {
      return new Data.Unreadable("an address of %d bytes".formatted(address.length));
    }
  }

  private static Data service(ByteBuf content) {
    if (content.readableBytes() <= PRIORITY_AND_WEIGHT + PORT) {
      return new Data.Unreadable("an SRV record of %d bytes".formatted(content.readableBytes()));
    }
    // The buffer is the whole message, so that compressed names can be read.
    ByteBuf record = content.duplicate().skipBytes(PRIORITY_AND_WEIGHT);
    int port = record.readUnsignedShort();
    String target = DefaultDnsRecordDecoder.decodeName(record);
    return new Data.Service(target.substring(0, target.length() - 1), port);
  }

  @Override
  public void close() {
    resolver.close();
    Future<?> _ = group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }
}

package io.pushfanout.badlayers.stray;

import ch.qos.logback.classic.Level;
import com.fasterxml.jackson.core.JsonFactory;
import com.google.protobuf.ByteString;
import com.google.rpc.RetryInfo;
import io.etcd.jetcd.Client;
import io.fabric8.kubernetes.api.model.Condition;
import io.github.bucket4j.Bucket;
import io.grpc.Status;
import io.javaoperatorsdk.operator.Operator;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.buffer.ByteBuf;
import io.opentelemetry.api.trace.Span;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.Vertx;
import org.HdrHistogram.Histogram;
import org.slf4j.bridge.SLF4JBridgeHandler;
import org.snakeyaml.engine.v2.nodes.Node;
import picocli.CommandLine;

/** Breaks rules on purpose: no such package is known, and none of these has its home in it. */
public class UsesEveryLibrary {
  Level logback;
  ByteString protobuf;
  JsonFactory jackson;
  Client etcd;
  Condition fabric8;
  Operator josdk;
  Status grpc;
  RetryInfo rpc;
  MeterRegistry micrometer;
  ByteBuf netty;
  PrometheusRegistry prometheus;
  Vertx vertx;
  SLF4JBridgeHandler bridge;
  Histogram hdrHistogram;
  Bucket bucket4j;
  CommandLine picocli;
  Node snakeyaml;
  Span opentelemetry;
}

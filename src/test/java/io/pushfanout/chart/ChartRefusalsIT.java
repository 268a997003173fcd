package io.pushfanout.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Splitter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Invalid values, which Helm rejects by their names before the installation starts. */
class ChartRefusalsIT {
  /**
   * Values, and the problem that Helm finds by the schema. One run of Helm reports all problems of
   * its values.
   */
  private static final String OF_SCHEMA =
      """
      replicas=3                             | 'replicas' not allowed
      image.tg=1.0                           | at '/image': additional properties 'tg' not allowed
      replicaCount=-1                        | at '/replicaCount': minimum
      replicaCount=two                       | at '/replicaCount'
      image.digest=latest                    | at '/image/digest'
      image.pullPolicy=Sometimes             | at '/image/pullPolicy'
      watchNamespaces=a                      | at '/watchNamespaces'
      watchNamespaces={A}                    | at '/watchNamespaces/0'
      watchNamespaces={a,a}                  | at '/watchNamespaces'
      allow.static={acme=example.com}        | at '/allow/static/0'
      allow.services={acme}                  | at '/allow/services/0'
      allow.tls={acme}                       | at '/allow/tls/0'
      ceilings={workers}                     | at '/ceilings/0'
      ceilings={blockTimeout=5s}             | at '/ceilings/0'
      ceilings={workers=5s}                  | at '/ceilings/0'
      ceilings={rpcTimeout=5}                | at '/ceilings/0'
      ceilings={ACME:workers=5}              | at '/ceilings/0'
      stateDir.existingClaim=A               | at '/stateDir/existingClaim'
      stateDir.sizeLimit=big                 | at '/stateDir/sizeLimit'
      bind=127.0.0.1                         | at '/bind'
      defaultTarget=acme                     | at '/defaultTarget'
      auth.mode=open                         | at '/auth/mode'
      auth.audiences={a b}                   | at '/auth/audiences/0'
      auth.token=secret                      | at '/auth': additional properties 'token' not allowed
      maxMessageSize=4MB                     | at '/maxMessageSize'
      maxConnectionAge=300                   | at '/maxConnectionAge'
      limits.connections=0                   | at '/limits/connections'
      limits.connections=1000001             | at '/limits/connections'
      limits.calls=0                         | at '/limits/calls'
      limits.calls=1000001                   | at '/limits/calls'
      limits.callerRate=-1                   | at '/limits/callerRate'
      limits.callerRate=1000001              | at '/limits/callerRate'
      limits.rate=5                          | at '/limits': additional properties 'rate' not allowed
      memoryBudget=0                         | at '/memoryBudget'
      memoryBudget=1GB                       | at '/memoryBudget'
      shutdownDelay=1d                       | at '/shutdownDelay'
      shutdownTimeout=                       | at '/shutdownTimeout'
      logLevel=verbose                       | at '/logLevel'
      logFormat=xml                          | at '/logFormat'
      auditLog=/tmp/audit                    | at '/auditLog'
      tracing.otlpEndpoint=collector:4317    | at '/tracing/otlpEndpoint'
      jvmOptions={Xmx1g}                     | at '/jvmOptions/0'
      tls.existingSecret=A_B                 | at '/tls/existingSecret'
      tls.clientCaSecret=A_B                 | at '/tls/clientCaSecret'
      tls.clientCrlSecret=A_B                | at '/tls/clientCrlSecret'
      tls.http=maybe                         | at '/tls/http'
      etcd.endpoints={etcd:2379}             | at '/etcd/endpoints/0'
      etcd.password=secret                   | at '/etcd': additional properties 'password' not allowed
      etcd.tls.clientCertificate=maybe       | at '/etcd/tls/clientCertificate'
      tlsProfiles.Internal.existingSecret=s  | at '/tlsProfiles': additional properties 'Internal' not allowed
      tlsProfiles.internal.existingSecret=   | at '/tlsProfiles/internal/existingSecret'
      tlsProfiles.internal.secret=s          | at '/tlsProfiles/internal'
      tlsProfiles.internal=s                 | at '/tlsProfiles/internal'
      defaultFanout.name=A_B                 | at '/defaultFanout/name'
      crds.keep=yes                          | at '/crds/keep'
      rbac.create=no                         | at '/rbac/create'
      service.type=ExternalName              | at '/service/type'
      service.grpcPort=0                     | at '/service/grpcPort'
      service.httpPort=65536                 | at '/service/httpPort'
      topologySpread.whenUnsatisfiable=Panic | at '/topologySpread/whenUnsatisfiable'
      podAntiAffinity=maybe                  | at '/podAntiAffinity'
      podDisruptionBudget.maxUnavailable=0   | at '/podDisruptionBudget/maxUnavailable'
      podDisruptionBudget.maxUnavailable=0%  | at '/podDisruptionBudget/maxUnavailable'
      podDisruptionBudget.minAvailable=100%  | at '/podDisruptionBudget/minAvailable'
      autoscaling.minReplicas=0              | at '/autoscaling/minReplicas'
      networkPolicy.grpcFrom=everybody       | at '/networkPolicy/grpcFrom'
      serviceMonitor.interval=often          | at '/serviceMonitor/interval'
      serviceMonitor.interval=1s1m           | at '/serviceMonitor/interval'
      fullnameOverride=a.b                   | at '/fullnameOverride'
      nameOverride=a_b                       | at '/nameOverride'
      commonLabels.team=platform team        | at '/commonLabels/team'
      commonLabels.a b=c                     | at '/commonLabels'
      commonLabels.app\\.kubernetes\\.io/name=y | at '/commonLabels'
      podLabels.app\\.kubernetes\\.io/instance=y | at '/podLabels'
      podLabels.team=-                       | at '/podLabels/team'
      podAnnotations.a b=c                   | at '/podAnnotations'
      image.repository=repo:1.2              | at '/image/repository'
      image.tag=-a                           | at '/image/tag'
      global.imagePullSecrets={A_B}          | at '/global/imagePullSecrets/0'
      strategy.type=OnDelete                 | at '/strategy/type'
      readinessProbe.path=/                  | at '/readinessProbe': additional properties 'path' not allowed
      allowHosts={*}                         | at '/allowHosts/0'
      extraEnv[0].value=a                    | at '/extraEnv/0'
      extraObjects[0].kind=ConfigMap         | at '/extraObjects/0'
      serviceMonitor.tlsConfig=ca            | at '/serviceMonitor/tlsConfig'
      service.extraSpec=a                    | at '/service/extraSpec'
      service.grpcNodePort=65536             | at '/service/grpcNodePort'
      service.loadBalancerSourceRanges={10.0.0.0/33} | at '/service/loadBalancerSourceRanges/0'
      service.loadBalancerSourceRanges={fd00::/129} | at '/service/loadBalancerSourceRanges/0'
      extraPodSpec=a                         | at '/extraPodSpec'
      extraDeploymentSpec=a                  | at '/extraDeploymentSpec'
      livenessProbe.successThreshold=2       | at '/livenessProbe/successThreshold': maximum
      startupProbe.successThreshold=2        | at '/startupProbe/successThreshold': maximum
      """;

  @Test
  void aValueOutOfTheSchemasBoundsIsRefusedByItsName() {
    for (Map<String, String> part : parts()) {
      Chart.Run run =
          Chart.tryTemplate(Chart.RELEASE, Chart.NAMESPACE, part.keySet().toArray(String[]::new));

      assertThat(run.code()).isNotZero();
      assertThat(part.values()).allSatisfy(problem -> assertThat(run.err()).contains(problem));
    }
  }

  /** Returns the rows in parts without two rows about one value, in as few parts as possible. */
  private static List<Map<String, String>> parts() {
    List<Map<String, String>> parts = new ArrayList<>();
    for (String row : Splitter.on('\n').omitEmptyStrings().splitToList(OF_SCHEMA)) {
      List<String> cells = Splitter.on(" | ").trimResults().splitToList(row);
      Map<String, String> part =
          parts.stream()
              .filter(rows -> !rows.containsValue(cells.getLast()))
              .filter(rows -> rows.keySet().stream().noneMatch(v -> isAbout(v, cells.getFirst())))
              .findFirst()
              .orElseGet(
                  () -> {
                    parts.add(new LinkedHashMap<>());
                    return parts.getLast();
                  });
      part.put(cells.getFirst(), cells.getLast());
    }
    return parts;
  }

  /** Returns whether one value contains the other: Helm would use the later one only. */
  private static boolean isAbout(String value, String other) {
    return name(value).startsWith(name(other)) || name(other).startsWith(name(value));
  }

  private static String name(String value) {
    return value.replaceFirst("=.*|\\[.*", "");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          auth.mode=tokens                       | auth.tokens.existingSecret: is needed with auth.mode tokens
          auth.mode=mtls                         | tls.clientCaSecret: is needed with auth.mode mtls
          auth.mode=mtls,tls.existingSecret=s    | tls.clientCaSecret: is needed with auth.mode mtls
          auth.audiences={a},auth.mode=none      | auth.audiences: has no use with auth.mode none
          auth.sans={a}                          | auth.sans: has no use with auth.mode kubernetes
          maxConnectionAge=999ms                 | maxConnectionAge: must be 0s (never) or from 1s to 24h, is 999ms
          maxConnectionAge=24h1ms                | maxConnectionAge: must be 0s (never) or from 1s to 24h, is 24h1ms
          tls.clientCaSecret=ca                  | tls.clientCaSecret: needs tls.existingSecret with it
          tls.clientCrlSecret=crl,tls.existingSecret=s | tls.clientCrlSecret: needs tls.clientCaSecret with it
          tls.http=true                          | tls.http: needs tls.existingSecret with it
          defaultFanout.create=true,watchNamespaces={a} | defaultFanout.create: no server would serve it: watchNamespaces has no pushfanout
          podDisruptionBudget.minAvailable=2     | podDisruptionBudget.minAvailable: must be less than the replicas, or no pod can be moved, is 2 of 2
          autoscaling.enabled=true,autoscaling.minReplicas=11 | autoscaling.minReplicas: must be at most maxReplicas, is 11 of 10
          serviceMonitor.interval=5s             | serviceMonitor.scrapeTimeout: must be above 0s and at most serviceMonitor.interval, is 10s of 5s
          resources.limits=null                  | resources.limits.memory: is needed
          service.httpPort=50053                 | service.httpPort: must differ from service.grpcPort, is 50053
          service.externalTrafficPolicy=Local    | service.externalTrafficPolicy: needs service.type LoadBalancer or NodePort
          service.loadBalancerClass=a            | service.loadBalancerClass: needs service.type LoadBalancer
          service.loadBalancerSourceRanges={10.0.0.0/8} | service.loadBalancerSourceRanges: needs service.type LoadBalancer
          service.ipFamilies={IPv4,IPv6}         | service.ipFamilies: two need service.ipFamilyPolicy
          strategy.type=Recreate,strategy.rollingUpdate.maxSurge=1 | strategy.rollingUpdate: has no use with strategy.type Recreate
          strategy.rollingUpdate.maxSurge=0,strategy.rollingUpdate.maxUnavailable=0% | strategy.rollingUpdate: maxSurge and maxUnavailable must not both be 0
          extraArgs={--log-level=debug}          | extraArgs: --log-level is there already, from another value
          extraEnv[0].name=POD_NAME              | extraEnv: POD_NAME is there already
          extraVolumes[0].name=tmp               | extraVolumes: tmp is there already
          extraVolumeMounts[0].name=tmp,extraVolumeMounts[0].mountPath=/tmp | extraVolumeMounts: /tmp is there already
          extraContainers[0].name=pushfanout     | extraContainers: pushfanout is there already
          extraInitContainers[0].name=a,extraInitContainers[1].name=a | extraInitContainers: a is there already
          podDisruptionBudget.minAvailable=99%   | podDisruptionBudget.minAvailable: must be less than the replicas, or no pod can be moved, is 99% of 2
          podDisruptionBudget.minAvailable=1%,replicaCount=1 | podDisruptionBudget.minAvailable: must be less than the replicas, or no pod can be moved, is 1% of 1
          resources.limits.memory=512Mi          | resources.requests.memory: must be at most resources.limits.memory, is 1Gi of 512Mi
          resources.limits.cpu=0.4               | resources.requests.cpu: must be at most resources.limits.cpu, is 500m of 0.4
          readinessProbe.terminationGracePeriodSeconds=5 | readinessProbe.terminationGracePeriodSeconds: Kubernetes has it for the other probes alone
          dnsPolicy=None                         | dnsConfig.nameservers: is needed with dnsPolicy None
          service.grpcNodePort=30001             | service.grpcNodePort, service.httpNodePort: need service.type LoadBalancer or NodePort
          service.extraSpec.ports=a              | service.extraSpec: ports is there already, from another value
          extraPodSpec.containers=a              | extraPodSpec: containers is there already, from another value
          extraDeploymentSpec.replicas=3         | extraDeploymentSpec: replicas is there already, from another value
          extraVolumeMounts[0].name=a,extraVolumeMounts[0].mountPath=/a | extraVolumeMounts: there is no volume a
          """)
  void aValueThatDoesNotGoWithOthersIsRefusedByItsName(String value, String problem) {
    Chart.Run run = Chart.tryTemplate(Chart.RELEASE, Chart.NAMESPACE, value);

    assertThat(run.code()).isNotZero();
    assertThat(run.err()).contains(problem);
  }

  @Test
  void aReleaseWhoseNameNoServiceCanHaveIsRefused() {
    Chart.Run run = Chart.tryTemplate("a.b", Chart.NAMESPACE);

    assertThat(run.code()).isNotZero();
    assertThat(run.err()).contains("the release's name a.b: a Service's name has no dot");
    assertThat(Chart.tryTemplate("a.b", Chart.NAMESPACE, "fullnameOverride=ab").code()).isZero();
  }
}

package io.pushfanout.fuzz;

import io.pushfanout.auth.WebTokenFuzz;
import io.pushfanout.client.StatusJsonFuzz;
import io.pushfanout.config.ResourceFileFuzz;
import io.pushfanout.connect.GrpcStatusFuzz;
import io.pushfanout.connect.NodeAnswersFuzz;
import io.pushfanout.connect.RoomsUpdateFuzz;
import io.pushfanout.discovery.RegistrationFuzz;
import io.pushfanout.json.BroadcastDocumentFuzz;
import io.pushfanout.management.AcceptFuzz;
import io.pushfanout.management.MetricsPageFuzz;
import io.pushfanout.model.NodeAddressFuzz;
import io.pushfanout.model.SettingTextsFuzz;
import io.pushfanout.node.OriginFuzz;
import io.pushfanout.node.RoomRequestFuzz;
import io.pushfanout.node.SubprotocolsFuzz;
import io.pushfanout.operator.KubernetesResourceFuzz;
import io.pushfanout.server.CallMetadataFuzz;
import io.pushfanout.server.CallerConversationFuzz;
import io.pushfanout.server.RequestBytesFuzz;
import java.util.List;

/** The list of all targets. FrameFuzzTest fuzzes the reader of HTTP/2 frames, as a conversation. */
final class FuzzTargets {
  static final List<FuzzTarget> ALL =
      List.of(
          new NodeAddressFuzz(),
          new SettingTextsFuzz(),
          new RegistrationFuzz(),
          new ResourceFileFuzz(),
          new KubernetesResourceFuzz(),
          new RequestBytesFuzz(),
          new CallMetadataFuzz(),
          new CallerConversationFuzz(),
          new NodeAnswersFuzz(),
          new GrpcStatusFuzz(),
          new RoomsUpdateFuzz(),
          new RoomRequestFuzz(),
          new BroadcastDocumentFuzz(),
          new OriginFuzz(),
          new SubprotocolsFuzz(),
          new StatusJsonFuzz(),
          new AcceptFuzz(),
          new MetricsPageFuzz(),
          new WebTokenFuzz());

  private FuzzTargets() {}

  static FuzzTarget named(String name) {
    return ALL.stream().filter(target -> target.name().equals(name)).findFirst().orElseThrow();
  }
}

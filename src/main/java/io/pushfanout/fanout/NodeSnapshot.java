package io.pushfanout.fanout;

import io.pushfanout.delivery.NodeHealth.NodeTrouble;
import io.pushfanout.interest.NodeRooms.Routing;
import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.NodeState;
import io.pushfanout.queue.NodeLedger;
import io.pushfanout.queue.TransportMode;
import java.time.Duration;
import java.util.List;

/**
 * One node at one instant.
 *
 * @param fanout fanout that owns the node, or owned it before it retired
 * @param settings settings in force for this node, overrides included
 * @param inState time since the begin of the state; for a node that is not connected, since the
 *     loss of its connection
 * @param connected whether deliveries can start
 * @param dialled whether it is connected or will be tried again; else the server lacks the TLS
 *     profile that its fanout requires
 * @param detail reason why it is not connected, for people; empty when it is
 * @param mode way in which it gets its messages
 * @param routing way in which it gets the messages of rooms
 * @param rooms rooms that it has listed
 * @param troubles problems of a node that has a connection
 */
public record NodeSnapshot(
    NodeAddress address,
    FanoutName fanout,
    FanoutSettings settings,
    NodeState state,
    Duration inState,
    boolean connected,
    boolean dialled,
    String detail,
    TransportMode mode,
    Routing routing,
    int rooms,
    List<NodeTrouble> troubles,
    NodeLedger ledger) {}

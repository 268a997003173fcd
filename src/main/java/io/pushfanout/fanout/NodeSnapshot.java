package io.pushfanout.fanout;

import io.pushfanout.model.FanoutName;
import io.pushfanout.model.FanoutSettings;
import io.pushfanout.model.NodeAddress;
import io.pushfanout.model.NodeState;

/**
 * One node at one instant.
 *
 * @param fanout the fanout that owns the node, or owned it before it retired
 * @param settings in force for this node, overrides included
 * @param connected whether deliveries can start
 * @param dialled whether it is connected or will be tried again; else the server lacks the TLS
 *     profile that its fanout asks for
 * @param detail why it is not connected, for people; empty when it is
 * @param noStreaming why it gets nothing although it is connected, where its fanout is for streams
 *     alone and it has none; else empty
 * @param loop whether it has lately refused a message that had been through it before
 */
public record NodeSnapshot(
    NodeAddress address,
    FanoutName fanout,
    FanoutSettings settings,
    NodeState state,
    boolean connected,
    boolean dialled,
    String detail,
    String noStreaming,
    boolean loop,
    NodeLedger ledger) {}

"""A caller that repeats a message until each node has taken it."""

import itertools
import os
import random
import sys
import time
import uuid
from pathlib import Path

import grpc
from google.rpc.error_details_pb2 import RetryInfo
from grpc_status import rpc_status

from push_pb2 import BroadCastReply, BroadCastReq, Proto


def replica(address):
    return grpc.insecure_channel(address).unary_unary(
        "/protocol.PushServer/Broadcast", BroadCastReq.SerializeToString, BroadCastReply.FromString
    )


def send(replicas, request):
    headers = {"pushfanout-message-id": str(uuid.uuid4())}
    if target := os.environ.get("PUSHFANOUT_TARGET"):
        headers["pushfanout-target"] = target
    for attempt, broadcast in enumerate(replicas, 1):
        # Another process may renew the token at any time.
        if file := os.environ.get("PUSHFANOUT_TOKEN_FILE"):
            headers["authorization"] = "Bearer " + Path(file).read_text().strip()
        pause = random.uniform(0, min(0.1 * 2**attempt, 5))
        try:
            reply = broadcast(request, timeout=5, metadata=tuple(headers.items()))
            if attempt == 10 or reply.dropped == 0:
                return reply
            # A reply names at most 100 nodes. When more have dropped the message, all nodes get it again.
            if reply.code == "1" and reply.dropped <= 100:
                headers["pushfanout-nodes"] = ",".join(reply.dropped_nodes)
        except grpc.RpcError as error:
            status, info = rpc_status.from_call(error), RetryInfo()
            if status and any(detail.Unpack(info) for detail in status.details):
                pause = info.retry_delay.ToTimedelta().total_seconds()
            elif error.code() != grpc.StatusCode.UNAVAILABLE:
                raise
            if attempt == 10:
                raise
        time.sleep(pause)


if __name__ == "__main__":
    replicas = itertools.cycle([replica(address) for address in os.environ["PUSHFANOUT_TO"].split(",")])
    try:
        reply = send(replicas, BroadCastReq(proto=Proto(body=sys.argv[1].encode())))
    except grpc.RpcError as error:
        sys.exit(f"{error.code().name}: {error.details()}")
    print(f"{reply.msg}: {reply.desc}")
    sys.exit(reply.code != "0")

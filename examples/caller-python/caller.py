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

ATTEMPTS = 10
DEADLINE_SECONDS = 5


class Caller:
    def __init__(self, addresses):
        stubs = [self._stub(grpc.insecure_channel(address)) for address in addresses]
        self._replicas = itertools.cycle(stubs)

    @staticmethod
    def _stub(channel):
        return channel.unary_unary(
            "/protocol.PushServer/Broadcast",
            request_serializer=BroadCastReq.SerializeToString,
            response_deserializer=BroadCastReply.FromString,
        )

    def send(self, request):
        headers = {"pushfanout-message-id": str(uuid.uuid4())}
        if target := os.environ.get("PUSHFANOUT_TARGET"):
            headers["pushfanout-target"] = target
        for attempt in itertools.count(1):
            pause = random.uniform(0, min(0.1 * 2**attempt, 5))
            try:
                reply = self._attempt(request, headers)
                if attempt == ATTEMPTS or reply.code in ("0", "3"):
                    return reply
                # A reply names at most 100 nodes. When more have dropped the message, all nodes get it again.
                if reply.code == "1" and reply.dropped == len(reply.dropped_nodes):
                    headers["pushfanout-nodes"] = ",".join(reply.dropped_nodes)
            except grpc.RpcError as error:
                delay = retry_delay(error)
                if attempt == ATTEMPTS or (delay is None and error.code() != grpc.StatusCode.UNAVAILABLE):
                    raise
                pause = pause if delay is None else delay
            time.sleep(pause)

    def _attempt(self, request, headers):
        # Another process may renew the token at any time.
        if file := os.environ.get("PUSHFANOUT_TOKEN_FILE"):
            headers["authorization"] = "Bearer " + Path(file).read_text().strip()
        return next(self._replicas)(request, timeout=DEADLINE_SECONDS, metadata=tuple(headers.items()))


def retry_delay(error):
    status = rpc_status.from_call(error)
    for detail in status.details if status else ():
        info = RetryInfo()
        if detail.Unpack(info):
            return info.retry_delay.ToTimedelta().total_seconds()
    return None


if __name__ == "__main__":
    caller = Caller(os.environ.get("PUSHFANOUT_TO", "127.0.0.1:50053").split(","))
    try:
        reply = caller.send(BroadCastReq(proto=Proto(body=sys.argv[1].encode())))
    except grpc.RpcError as error:
        sys.exit(f"{error.code().name}: {error.details()}")
    print(f"{reply.msg}: {reply.desc}")
    sys.exit(reply.code != "0")

"""A connect-node: it takes broadcasts by calls and by streams, and lists its rooms.

    pushfanout register --advertise 127.0.0.1:50052 -- python node.py 127.0.0.1:50052 lobby news
"""

import asyncio
import hashlib
import signal
import sys
import time
from collections import OrderedDict

import grpc
from google.protobuf.message import DecodeError

from delivery_pb2 import DeliverRequest, DeliverResponse, Failure
from interest_pb2 import RoomsApplied, RoomsUpdate
from push_pb2 import BroadCastReply, BroadCastReq, BroadCastRoomReq

LARGEST_MESSAGE = 4 * 1024 * 1024 + 1024  # the servers' default, and room for the envelope
REMEMBERED = 100_000
REMEMBERED_SECONDS = 300
HEARTBEAT_SECONDS = 2
STOP_SECONDS = 5


class RecentMessages:
    """The last messages with an id, to drop a message that comes again."""

    def __init__(self):
        self._times = OrderedDict()

    def is_double(self, message_id, request):
        """Remembers a message. Returns whether one with the same id, method and bytes has come before."""
        if not message_id:
            return False
        method = type(request).__name__
        content = request.SerializeToString(deterministic=True)
        key = hashlib.sha256(f"{message_id} {method} ".encode() + content).digest()
        now = time.monotonic()
        while self._times and now - next(iter(self._times.values())) > REMEMBERED_SECONDS:
            self._times.popitem(last=False)
        if key in self._times:
            return True
        if len(self._times) == REMEMBERED:
            self._times.popitem(last=False)
        self._times[key] = now
        return False


class Node:
    def __init__(self, rooms):
        self._rooms = rooms
        self._recent = RecentMessages()

    def _take(self, message_id, request):
        """Reaches the users. Here a message is printed; a real node writes to its sockets, and returns
        once the message is in its own buffers, not when the last user has it."""
        if self._recent.is_double(message_id, request):
            return
        by_room = isinstance(request, BroadCastRoomReq)
        room = request.roomId if by_room else request.proto.roomid
        print(f"room {room}" if room else "all", request.proto.body.decode(errors="replace"), sep=": ", flush=True)

    async def call(self, request, context):
        """Does the work of Broadcast and BroadcastToRoom."""
        metadata = dict(context.invocation_metadata())
        self._take(metadata.get("pushfanout-message-id"), request)
        return BroadCastReply(code="0", msg="OK")

    async def deliver(self, requests, context):
        """Does what the calls do, for the envelopes of one stream one after the other."""
        handled = 0
        async for request in requests:
            failures = []
            for envelope in request.envelopes:
                try:
                    self._take(envelope.message_id, message_of(envelope))
                except DecodeError as error:
                    code = grpc.StatusCode.INVALID_ARGUMENT.value[0]
                    failures.append(Failure(index=handled, code=code, message=str(error)))
                handled += 1
            yield DeliverResponse(acknowledged=handled, failures=failures)

    async def list_rooms(self, confirmations, context):
        """Lists the rooms, until the server ends its side. A real node sends an update with the next
        version when its users have subscribed a room, or have left it."""
        ended = asyncio.ensure_future(last_of(confirmations))
        version = 1
        try:
            yield RoomsUpdate(version=version, reset=True, join=self._rooms, complete=True)
            while not (await asyncio.wait([ended], timeout=HEARTBEAT_SECONDS))[0]:
                version += 1
                yield RoomsUpdate(version=version)
        finally:
            ended.cancel()

    def handlers(self):
        call = {"response_serializer": BroadCastReply.SerializeToString}
        to_all = grpc.unary_unary_rpc_method_handler(self.call, BroadCastReq.FromString, **call)
        to_room = grpc.unary_unary_rpc_method_handler(self.call, BroadCastRoomReq.FromString, **call)
        deliver = grpc.stream_stream_rpc_method_handler(
            self.deliver, DeliverRequest.FromString, DeliverResponse.SerializeToString)
        rooms = grpc.stream_stream_rpc_method_handler(
            self.list_rooms, RoomsApplied.FromString, RoomsUpdate.SerializeToString)
        return [
            grpc.method_handlers_generic_handler(service, methods)
            for service, methods in {
                "protocol.PushServer": {"Broadcast": to_all, "BroadcastToRoom": to_room},
                "pushfanout.v1.Delivery": {"Deliver": deliver},
                "pushfanout.v1.Interest": {"Rooms": rooms},
            }.items()
        ]


def message_of(envelope):
    if envelope.WhichOneof("request") == "broadcast_to_room":
        return BroadCastRoomReq.FromString(envelope.broadcast_to_room)
    return BroadCastReq.FromString(envelope.broadcast)


async def last_of(stream):
    async for _ in stream:
        pass


async def main(address, rooms):
    server = grpc.aio.server(options=[
        ("grpc.max_receive_message_length", LARGEST_MESSAGE),
        ("grpc.so_reuseport", 0),  # a port that is taken is an error
        # PushFanout pings rarely; this permits more frequent pings.
        ("grpc.http2.min_ping_interval_without_data_ms", 20_000),
    ])
    server.add_generic_rpc_handlers(Node(rooms).handlers())
    server.add_insecure_port(address)
    await server.start()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()
    # The registration is gone by now: GOAWAY, and then the end of the calls under way.
    await server.stop(STOP_SECONDS)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2:]))

"""A connect-node on grpcio; what it does stands in src/test/interop.md."""

import argparse
import hashlib
import os
import sys
import threading
import time
from concurrent import futures

import grpc

OK_REPLY = b"\x0a\x010"
LOCK = threading.Lock()


def say(line):
    with LOCK:
        os.write(1, line.encode() + b"\n")


def heard(message):
    say(f"call {len(message)} {hashlib.sha256(message).hexdigest()}")


def refuse(context):
    context.abort(grpc.StatusCode.FAILED_PRECONDITION, "no room « 7 » 100%")


def broadcast(message, context):
    heard(message)
    match message[:1]:
        case b"L":
            return bytes(1 << 20)
        case b"E":
            refuse(context)
        case b"T":
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, "x" * 20_000)
        case b"H":
            context.send_initial_metadata(())
            refuse(context)
        case b"W":
            ended = threading.Event()
            if context.add_callback(ended.set):
                ended.wait()
            say("cancelled")
        case b"S":
            time.sleep(0.5)
    return OK_REPLY


def broadcast_to_room(messages, context):
    time.sleep(0.3)
    for message in messages:
        heard(message)
    return OK_REPLY


def main():
    flags = argparse.ArgumentParser()
    flags.add_argument("--port", type=int, default=0)
    flags.add_argument("--cert")
    flags.add_argument("--key")
    args = flags.parse_args()
    server = grpc.server(
        futures.ThreadPoolExecutor(max_workers=64),
        options=[("grpc.max_receive_message_length", 16 << 20), ("grpc.so_reuseport", 0)],
    )
    server.add_generic_rpc_handlers(
        (
            grpc.method_handlers_generic_handler(
                "protocol.PushServer",
                {
                    "Broadcast": grpc.unary_unary_rpc_method_handler(broadcast),
                    "BroadcastToRoom": grpc.stream_unary_rpc_method_handler(broadcast_to_room),
                },
            ),
        )
    )
    address = f"127.0.0.1:{args.port}"
    if args.cert:
        with open(args.key, "rb") as key, open(args.cert, "rb") as cert:
            credentials = grpc.ssl_server_credentials([(key.read(), cert.read())])
        server.add_secure_port(address, credentials)
    else:
        server.add_insecure_port(address)
    server.start()
    say("listening")
    if sys.stdin.readline():
        server.stop(grace=10).wait()
        say("stopped")
    os._exit(0)


main()

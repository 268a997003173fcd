"""A caller on grpcio; src/test/interop.md lists its calls."""

import argparse
import os
import sys
import threading

import grpc

SERVICE = "/protocol.PushServer/"


def varint(number):
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def delimited(field, content):
    return varint(field << 3 | 2) + varint(len(content)) + content


def request(body):
    return delimited(1, delimited(4, body))


def outcome(call):
    """The reply's code, or the status with its text."""
    try:
        reply = call()
        return reply[2 : 2 + reply[1]].decode() if reply[:1] == b"\x0a" else "no code"
    except grpc.RpcError as error:
        return f"{error.code().name} {error.details()}"


def main():
    flags = argparse.ArgumentParser()
    flags.add_argument("--to", required=True)
    flags.add_argument("--ca")
    args = flags.parse_args()
    options = [("grpc.max_send_message_length", 16 << 20)]
    if args.ca:
        with open(args.ca, "rb") as ca:
            credentials = grpc.ssl_channel_credentials(ca.read())
        channel = grpc.secure_channel(args.to, credentials, options)
    else:
        channel = grpc.insecure_channel(args.to, options)
    broadcast = channel.unary_unary(SERVICE + "Broadcast")
    print("many", many(broadcast))
    for size in (0, 1, 16_379, 16_384, 65_536, 1 << 20):
        print("size", size, outcome(lambda: broadcast(request(bytes(size)), timeout=20)))
    print("gzip", outcome(lambda: broadcast(request(bytes(100_000)), timeout=20, compression=grpc.Compression.Gzip)))
    print("malformed", outcome(lambda: broadcast(b"", timeout=20)))
    print("target", outcome(lambda: broadcast(request(b"x"), timeout=20, metadata=(("pushfanout-target", "no/such"),))))
    print("receipt", outcome(lambda: broadcast(request(b"x"), timeout=20, metadata=(("pushfanout-wait", "delivered"),))))
    print("method", outcome(lambda: channel.unary_unary(SERVICE + "Other")(b"", timeout=20)).split(" ")[0])
    health = channel.unary_unary("/grpc.health.v1.Health/Check")(b"", timeout=20)
    print("health", health.hex())
    sys.stdout.flush()
    os._exit(0)


def many(broadcast):
    """Three hundred calls at a time; the distinct outcomes."""
    outcomes = {}
    lock = threading.Lock()
    ended = threading.Semaphore(0)

    def end(future):
        result = outcome(future.result)
        with lock:
            outcomes[result] = outcomes.get(result, 0) + 1
        ended.release()

    for number in range(300):
        broadcast.future(request(b"%d" % number), timeout=20).add_done_callback(end)
    for _ in range(300):
        ended.acquire()
    return " ".join(f"{count}x{result}" for result, count in sorted(outcomes.items()))


main()

// A connect-node: it takes broadcasts by calls and by streams, and lists its rooms.
//
//   pushfanout register --advertise 127.0.0.1:50052 -- node node.js 127.0.0.1:50052 lobby news
'use strict';

const { createHash } = require('node:crypto');
const { join } = require('node:path');
const grpc = require('@grpc/grpc-js');
const { loadSync } = require('@grpc/proto-loader');

const LARGEST_MESSAGE = 4 * 1024 * 1024 + 1024; // the servers' default, and room for the envelope
const REMEMBERED = 100_000;
const REMEMBERED_MS = 300_000;
const HEARTBEAT_MS = 2000;
const STOP_MS = 5000;

const load = (file) => grpc.loadPackageDefinition(
  loadSync(join(__dirname, '../../proto', file), { keepCase: true, longs: Number }));
const { PushServer } = load('push.proto').protocol;
const { Delivery } = load('delivery.proto').pushfanout.v1;
const { Interest } = load('interest.proto').pushfanout.v1;

/** Returns a method whose handler gets a request's bytes too, unknown fields included. */
function withBytes(method) {
  const requestDeserialize = (bytes) => ({ method: method.path, bytes, content: method.requestDeserialize(bytes) });
  return { ...method, requestDeserialize };
}

const Broadcast = withBytes(PushServer.service.Broadcast);
const BroadcastToRoom = withBytes(PushServer.service.BroadcastToRoom);

/** The last messages with an id, to drop a message that comes again. */
class RecentMessages {
  #times = new Map(); // in the order of their arrival

  /** Remembers a message. Returns whether one with the same id, method and bytes has come before. */
  isDouble(id, { method, bytes }) {
    if (!id) return false;
    const key = createHash('sha256').update(`${id} ${method} `).update(bytes).digest('base64');
    const now = performance.now();
    for (const [oldest, time] of this.#times) {
      if (now - time <= REMEMBERED_MS) break;
      this.#times.delete(oldest);
    }
    if (this.#times.has(key)) return true;
    if (this.#times.size === REMEMBERED) this.#times.delete(this.#times.keys().next().value);
    this.#times.set(key, now);
    return false;
  }
}

class Node {
  #rooms;
  #recent = new RecentMessages();

  constructor(rooms) {
    this.#rooms = rooms;
  }

  /**
   * Reaches the users. Here a message is printed; a real node writes to its sockets, and returns once
   * the message is in its own buffers, not when the last user has it.
   */
  #take(id, request) {
    if (this.#recent.isDouble(id, request)) return;
    const { roomId, proto } = request.content;
    const room = roomId || proto?.roomid;
    console.log(`${room ? `room ${room}` : 'all'}: ${proto?.body ?? ''}`);
  }

  /** Does the work of Broadcast and BroadcastToRoom. */
  call = ({ metadata, request }, reply) => {
    this.#take(metadata.get('pushfanout-message-id')[0], request);
    reply(null, { code: '0', msg: 'OK' });
  };

  /** Does what the calls do, for the envelopes of one stream one after the other. */
  deliver = (stream) => {
    let handled = 0;
    stream.on('data', ({ envelopes = [] }) => {
      const failures = [];
      for (const envelope of envelopes) {
        try {
          this.#take(envelope.message_id, messageOf(envelope));
        } catch ({ message }) {
          failures.push({ index: handled, code: grpc.status.INVALID_ARGUMENT, message });
        }
        handled++;
      }
      stream.write({ acknowledged: handled, failures });
    });
    stream.on('end', () => stream.end());
  };

  /**
   * Lists the rooms, until the server ends its side. A real node sends an update with the next version
   * when its users have subscribed a room, or have left it.
   */
  listRooms = (stream) => {
    let version = 1;
    stream.write({ version, reset: true, join: this.#rooms, complete: true });
    const heartbeat = setInterval(() => stream.write({ version: ++version }), HEARTBEAT_MS);
    stream.on('data', () => {}); // a confirmation
    stream.on('end', () => stream.end());
    for (const end of ['end', 'cancelled']) stream.on(end, () => clearInterval(heartbeat));
  };
}

function messageOf({ broadcast, broadcast_to_room: toRoom }) {
  return toRoom ? BroadcastToRoom.requestDeserialize(toRoom) : Broadcast.requestDeserialize(broadcast ?? Buffer.alloc(0));
}

const [address, ...rooms] = process.argv.slice(2);
const node = new Node(rooms);
const server = new grpc.Server({ 'grpc.max_receive_message_length': LARGEST_MESSAGE });
server.addService({ Broadcast, BroadcastToRoom }, { Broadcast: node.call, BroadcastToRoom: node.call });
server.addService(Delivery.service, { Deliver: node.deliver });
server.addService(Interest.service, { Rooms: node.listRooms });
server.bindAsync(address, grpc.ServerCredentials.createInsecure(), (error) => {
  if (error) throw error;
});

function stop() {
  // The registration is gone by now: GOAWAY, and then the end of the calls under way.
  server.tryShutdown(() => process.exit(0));
  setTimeout(() => server.forceShutdown(), STOP_MS).unref();
}
process.on('SIGTERM', stop);
process.on('SIGINT', stop);

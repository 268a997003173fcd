// A caller that repeats a message until each node has taken it.
'use strict';

const { randomUUID } = require('node:crypto');
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');
const { promisify } = require('node:util');
const grpc = require('@grpc/grpc-js');
const { loadSync } = require('@grpc/proto-loader');
const protobuf = require('protobufjs');

const ATTEMPTS = 10;
const DEADLINE_MS = 5000;
const push = loadSync(join(__dirname, '../../proto/push.proto'), { keepCase: true });
const { PushServer } = grpc.loadPackageDefinition(push).protocol;
// The part of google.rpc that a retry needs; no package of gRPC brings it.
const { Status, RetryInfo } = protobuf.parse(`syntax = "proto3";
  message Status { repeated Any details = 3; }
  message Any { string type_url = 1; bytes value = 2; }
  message RetryInfo { Duration retry_delay = 1; }
  message Duration { int64 seconds = 1; int32 nanos = 2; }`, { keepCase: true }).root.nested;

/** Returns the delay of a status with RetryInfo in milliseconds. */
function retryDelay(error) {
  const [status] = error.metadata?.get('grpc-status-details-bin') ?? [];
  const details = status ? Status.decode(status).details : [];
  const info = details.find((detail) => detail.type_url.endsWith('/google.rpc.RetryInfo'));
  if (!info) return undefined;
  const delay = RetryInfo.decode(info.value).retry_delay;
  return Number(delay.seconds) * 1000 + delay.nanos / 1e6;
}

class Caller {
  #replicas;
  #turn = 0;

  constructor(addresses) {
    this.#replicas = addresses.map((address) => new PushServer(address, grpc.credentials.createInsecure()));
  }

  async send(request) {
    const headers = new grpc.Metadata();
    headers.set('pushfanout-message-id', randomUUID());
    if (process.env.PUSHFANOUT_TARGET) headers.set('pushfanout-target', process.env.PUSHFANOUT_TARGET);
    for (let attempt = 1; ; attempt++) {
      let pause = Math.random() * Math.min(100 * 2 ** attempt, 5000);
      try {
        const reply = await this.#attempt(request, headers);
        if (attempt === ATTEMPTS || reply.code === '0' || reply.code === '3') return reply;
        // A reply names at most 100 nodes. When more have dropped the message, all nodes get it again.
        if (reply.code === '1' && reply.dropped === reply.dropped_nodes.length) {
          headers.set('pushfanout-nodes', reply.dropped_nodes.join(','));
        }
      } catch (error) {
        const delay = retryDelay(error);
        if (attempt === ATTEMPTS || (delay === undefined && error.code !== grpc.status.UNAVAILABLE)) throw error;
        pause = delay ?? pause;
      }
      await sleep(pause);
    }
  }

  #attempt(request, headers) {
    const file = process.env.PUSHFANOUT_TOKEN_FILE;
    // Another process may renew the token at any time.
    if (file) headers.set('authorization', `Bearer ${readFileSync(file, 'utf8').trim()}`);
    const replica = this.#replicas[this.#turn++ % this.#replicas.length];
    return promisify(replica.Broadcast).call(replica, request, headers, { deadline: Date.now() + DEADLINE_MS });
  }
}

const caller = new Caller((process.env.PUSHFANOUT_TO ?? '127.0.0.1:50053').split(','));
caller.send({ proto: { body: Buffer.from(process.argv[2]) } }).then((reply) => {
  console.log(`${reply.msg}: ${reply.desc}`);
  process.exitCode = reply.code === '0' ? 0 : 1;
}).catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});

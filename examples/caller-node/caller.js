// A caller that repeats a message until each node has taken it.
'use strict';

const { randomUUID } = require('node:crypto');
const { readFileSync } = require('node:fs');
const { setTimeout: sleep } = require('node:timers/promises');
const { promisify } = require('node:util');
const grpc = require('@grpc/grpc-js');
const { loadSync } = require('@grpc/proto-loader');
const protobuf = require('protobufjs');

const push = loadSync(`${__dirname}/../../proto/push.proto`, { keepCase: true });
const { PushServer } = grpc.loadPackageDefinition(push).protocol;
// The part of google.rpc that a retry needs; no package of gRPC brings it.
const { Status, RetryInfo } = protobuf.parse(`syntax = "proto3";
  message Status { repeated Any details = 3; }
  message Any { string type_url = 1; bytes value = 2; }
  message RetryInfo { Duration retry_delay = 1; }
  message Duration { int64 seconds = 1; int32 nanos = 2; }`).root.nested;
const { PUSHFANOUT_TO, PUSHFANOUT_TARGET, PUSHFANOUT_TOKEN_FILE } = process.env;

async function send(replicas, request) {
  const headers = new grpc.Metadata();
  headers.set('pushfanout-message-id', randomUUID());
  if (PUSHFANOUT_TARGET) headers.set('pushfanout-target', PUSHFANOUT_TARGET);
  for (let attempt = 1; ; attempt++) {
    // Another process may renew the token at any time.
    if (PUSHFANOUT_TOKEN_FILE) headers.set('authorization', `Bearer ${readFileSync(PUSHFANOUT_TOKEN_FILE, 'utf8').trim()}`);
    const replica = replicas.shift();
    replicas.push(replica);
    let pause = Math.random() * Math.min(100 * 2 ** attempt, 5000);
    try {
      const broadcast = promisify(replica.Broadcast).bind(replica);
      const reply = await broadcast(request, headers, { deadline: Date.now() + 5000 });
      if (attempt === 10 || !reply.dropped) return reply;
      // A reply names at most 100 nodes. When more have dropped the message, all nodes get it again.
      if (reply.code === '1' && reply.dropped <= 100) headers.set('pushfanout-nodes', reply.dropped_nodes.join());
    } catch (error) {
      const [status = Buffer.of()] = error.metadata.get('grpc-status-details-bin');
      const info = Status.decode(status).details.find((detail) => detail.typeUrl.endsWith('/google.rpc.RetryInfo'));
      if (attempt === 10 || !(info || error.code === grpc.status.UNAVAILABLE)) throw error;
      const delay = info && RetryInfo.decode(info.value).retryDelay;
      if (delay) pause = Number(delay.seconds) * 1000 + delay.nanos / 1e6;
    }
    await sleep(pause);
  }
}

const replicas = PUSHFANOUT_TO.split(',').map((address) => new PushServer(address, grpc.credentials.createInsecure()));
send(replicas, { proto: { body: Buffer.from(process.argv[2]) } }).then((reply) => {
  console.log(`${reply.msg}: ${reply.desc}`);
  process.exitCode = reply.code === '0' ? 0 : 1;
}, (error) => {
  console.error(error.message);
  process.exitCode = 1;
});

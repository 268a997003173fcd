// A caller on grpc-js; src/test/interop.md lists its calls.
'use strict';

const fs = require('node:fs');
const grpc = require('@grpc/grpc-js');

const SERVICE = '/protocol.PushServer/';

function varint(number) {
  const out = [];
  for (; number > 0x7f; number = Math.floor(number / 128)) {
    out.push((number & 0x7f) | 0x80);
  }
  return Buffer.from([...out, number]);
}

function delimited(field, content) {
  return Buffer.concat([varint((field << 3) | 2), varint(content.length), content]);
}

function request(body) {
  return delimited(1, delimited(4, body));
}

function flag(name) {
  const i = process.argv.indexOf('--' + name);
  return i < 0 ? undefined : process.argv[i + 1];
}

const ca = flag('ca');
const client = new grpc.Client(
  flag('to'),
  ca ? grpc.credentials.createSsl(fs.readFileSync(ca)) : grpc.credentials.createInsecure(),
  { 'grpc.default_compression_algorithm': 0 },
);
const zipping = new grpc.Client(
  flag('to'),
  ca ? grpc.credentials.createSsl(fs.readFileSync(ca)) : grpc.credentials.createInsecure(),
  { 'grpc.default_compression_algorithm': 2 },
);

/** The reply's bytes, or the status with its text. */
function call(from, path, message, metadata = {}) {
  const sent = new grpc.Metadata();
  Object.entries(metadata).forEach(([key, value]) => sent.set(key, value));
  const same = (bytes) => bytes;
  return new Promise((done) => {
    from.makeUnaryRequest(path, same, same, message, sent, { deadline: Date.now() + 20000 }, (error, reply) =>
      done(error ? `${grpc.status[error.code]} ${error.details}` : reply),
    );
  });
}

async function outcome(from, message, metadata) {
  const reply = await call(from, SERVICE + 'Broadcast', message, metadata);
  return Buffer.isBuffer(reply) ? reply.subarray(2, 2 + reply[1]).toString() : reply;
}

/** Three hundred calls at a time; the distinct outcomes. */
async function many() {
  const all = await Promise.all(
    Array.from({ length: 300 }, (_, number) => outcome(client, request(Buffer.from(`${number}`)))),
  );
  const counts = {};
  all.forEach((result) => (counts[result] = (counts[result] ?? 0) + 1));
  return Object.keys(counts).sort().map((result) => `${counts[result]}x${result}`).join(' ');
}

async function main() {
  console.log('many', await many());
  for (const size of [0, 1, 16379, 16384, 65536, 1 << 20]) {
    console.log('size', size, await outcome(client, request(Buffer.alloc(size))));
  }
  console.log('gzip', await outcome(zipping, request(Buffer.alloc(100000))));
  console.log('malformed', await outcome(client, Buffer.alloc(0)));
  console.log('target', await outcome(client, request(Buffer.from('x')), { 'pushfanout-target': 'no/such' }));
  console.log('receipt', await outcome(client, request(Buffer.from('x')), { 'pushfanout-wait': 'delivered' }));
  console.log('method', String(await call(client, SERVICE + 'Other', Buffer.alloc(0))).split(' ')[0]);
  console.log('health', (await call(client, '/grpc.health.v1.Health/Check', Buffer.alloc(0))).toString('hex'));
  client.close();
  zipping.close();
}

main();

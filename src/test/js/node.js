// A connect-node on grpc-js; what it does stands in src/test/interop.md.
'use strict';

const { createHash } = require('node:crypto');
const fs = require('node:fs');
const grpc = require('@grpc/grpc-js');

const OK_REPLY = Buffer.from([0x0a, 1, 0x30]);
const refusal = { code: grpc.status.FAILED_PRECONDITION, details: 'no room « 7 » 100%' };
const bytes = (message) => message;

function say(line) {
  fs.writeSync(1, line + '\n');
}

function heard(message) {
  say(`call ${message.length} ${createHash('sha256').update(message).digest('hex')}`);
}

function broadcast(call, answer) {
  heard(call.request);
  switch (String.fromCharCode(call.request[0])) {
    case 'L':
      return answer(null, Buffer.alloc(1 << 20));
    case 'E':
      return answer(refusal);
    case 'T':
      return answer({ code: grpc.status.FAILED_PRECONDITION, details: 'x'.repeat(20000) });
    case 'H':
      call.sendMetadata(new grpc.Metadata());
      return answer(refusal);
    case 'W':
      return call.on('cancelled', () => say('cancelled'));
    case 'S':
      return setTimeout(() => answer(null, OK_REPLY), 500);
    default:
      return answer(null, OK_REPLY);
  }
}

function broadcastToRoom(call, answer) {
  setTimeout(() => {
    call.on('data', heard);
    call.on('end', () => answer(null, OK_REPLY));
  }, 300);
}

function method(name, requestStream) {
  return {
    path: '/protocol.PushServer/' + name,
    requestStream,
    responseStream: false,
    requestSerialize: bytes,
    requestDeserialize: bytes,
    responseSerialize: bytes,
    responseDeserialize: bytes,
  };
}

function flag(name) {
  const i = process.argv.indexOf('--' + name);
  return i < 0 ? undefined : process.argv[i + 1];
}

const server = new grpc.Server({ 'grpc.max_receive_message_length': 16 << 20 });
server.addService(
  { Broadcast: method('Broadcast', false), BroadcastToRoom: method('BroadcastToRoom', true) },
  { Broadcast: broadcast, BroadcastToRoom: broadcastToRoom },
);
const credentials = flag('cert')
  ? grpc.ServerCredentials.createSsl(null, [
      { private_key: fs.readFileSync(flag('key')), cert_chain: fs.readFileSync(flag('cert')) },
    ])
  : grpc.ServerCredentials.createInsecure();
server.bindAsync(`127.0.0.1:${flag('port') ?? 0}`, credentials, (error) => {
  if (error) {
    console.error(error);
    process.exit(1);
  }
  say('listening');
});
process.stdin.once('data', () => {
  server.tryShutdown(() => {
    say('stopped');
    process.exit(0);
  });
});
process.stdin.once('end', () => process.exit(0));

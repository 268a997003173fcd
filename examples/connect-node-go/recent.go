package main

import (
	"context"
	"crypto/sha256"
	"sync"

	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"
)

// messageID returns the id of a call's message, or nothing.
func messageID(ctx context.Context) string {
	if ids := metadata.ValueFromIncomingContext(ctx, "pushfanout-message-id"); len(ids) > 0 {
		return ids[0]
	}
	return ""
}

type messageKey [sha256.Size]byte

// recentMessages remembers the last messages with an id, to drop a message that comes again.
type recentMessages struct {
	mutex sync.Mutex
	known map[messageKey]bool
	ring  [100_000]messageKey // the next to be overwritten is the oldest
	next  int
}

// isDouble remembers a message. It returns whether one with the same id, method and bytes has come before.
func (r *recentMessages) isDouble(id string, req proto.Message) bool {
	if id == "" {
		return false
	}
	bytes, err := proto.MarshalOptions{Deterministic: true}.Marshal(req)
	if err != nil {
		return false
	}
	method := req.ProtoReflect().Descriptor().Name()
	key := messageKey(sha256.Sum256(append([]byte(id+" "+string(method)+" "), bytes...)))
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if r.known[key] {
		return true
	}
	delete(r.known, r.ring[r.next])
	r.known[key] = true
	r.ring[r.next] = key
	r.next = (r.next + 1) % len(r.ring)
	return false
}

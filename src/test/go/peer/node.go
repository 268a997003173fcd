package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"sync"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// behaviour is what a node does with the messages it receives.
type behaviour struct {
	DelayMs  int  `json:"delayMs"`  // before it answers
	Hold     bool `json:"hold"`     // answers nothing until it behaves otherwise
	FailCode int  `json:"failCode"` // the gRPC status it answers with
	FailOnly int  `json:"failOnly"` // fails only the first so many attempts of each message; 0: all
}

// arrival is one message that reached a node.
type arrival struct {
	ID     int32  `json:"id"`
	Method string `json:"method"`
	Size   int    `json:"size"`
	SHA256 string `json:"sha256"`
	// AtMs is the moment of the arrival, since this process started.
	AtMs int64 `json:"atMs"`
	// DeadlineMs is how long the caller will wait, as seen on arrival; -1 is for ever.
	DeadlineMs int64 `json:"deadlineMs"`
	// Ended says how the caller gave up before the answer: "cancelled" or "deadline".
	Ended   string `json:"ended,omitempty"`
	EndedMs int64  `json:"endedMs,omitempty"`
}

// record is everything that a node has seen.
type record struct {
	Received       int        `json:"received"`
	Answered       int        `json:"answered"` // with OK
	Open           int        `json:"open"`
	MostConcurrent int        `json:"mostConcurrent"`
	Streams        int        `json:"streams"` // that brought anything
	FirstUnixUs    int64      `json:"firstUnixUs"`
	IDs            []int32    `json:"ids"` // of all messages in the order of their arrival
	Arrivals       []*arrival `json:"arrivals,omitempty"`
}

var processStart = time.Now()

// node plays one connect-node.
type node struct {
	full    bool // whether arrivals are recorded, not only ids
	streams bool // whether it has streaming delivery
	tlsDir  string
	maxAge  time.Duration

	mu       sync.Mutex
	rules    behaviour
	changed  chan struct{} // closed when rules are replaced
	seen     record
	failures map[int32]int

	listening
}

func (n *node) behave(rules behaviour) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.rules = rules
	close(n.changed)
	n.changed = make(chan struct{})
}

// receive handles one message as the rules say, that of a call or one of a stream.
func (n *node) receive(ctx context.Context, method string, message []byte) error {
	since := time.Now()
	id := idOf(method, message)
	call := n.arrive(ctx, id, method, message)
	err := n.decide(ctx, id)

	n.mu.Lock()
	defer n.mu.Unlock()
	n.seen.Open--
	if err == nil {
		n.seen.Answered++
	}
	if call != nil && ctx.Err() != nil {
		call.EndedMs = time.Since(since).Milliseconds()
		call.Ended = "cancelled"
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			call.Ended = "deadline"
		}
	}
	return err
}

// arrive returns nil unless arrivals are recorded.
func (n *node) arrive(ctx context.Context, id int32, method string, message []byte) *arrival {
	var call *arrival
	if n.full {
		sum := sha256.Sum256(message)
		call = &arrival{
			ID: id, Method: method, Size: len(message), SHA256: hex.EncodeToString(sum[:]), DeadlineMs: -1,
			AtMs: time.Since(processStart).Milliseconds(),
		}
		if deadline, ok := ctx.Deadline(); ok {
			call.DeadlineMs = time.Until(deadline).Milliseconds()
		}
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.seen.Received == 0 {
		n.seen.FirstUnixUs = time.Now().UnixMicro()
	}
	n.seen.Received++
	n.seen.Open++
	n.seen.MostConcurrent = max(n.seen.MostConcurrent, n.seen.Open)
	n.seen.IDs = append(n.seen.IDs, id)
	if call != nil {
		n.seen.Arrivals = append(n.seen.Arrivals, call)
	}
	return call
}

// decide waits as long as the rules of the moment want, and returns the answer.
func (n *node) decide(ctx context.Context, id int32) error {
	for {
		n.mu.Lock()
		rules, changed := n.rules, n.changed
		fails := rules.FailCode != 0 && !rules.Hold
		if fails && rules.FailOnly > 0 {
			n.failures[id]++
			fails = n.failures[id] <= rules.FailOnly
		}
		n.mu.Unlock()

		if rules.Hold {
			select {
			case <-changed:
				continue
			case <-ctx.Done():
				return status.FromContextError(ctx.Err()).Err()
			}
		}
		if rules.DelayMs > 0 {
			select {
			case <-time.After(time.Duration(rules.DelayMs) * time.Millisecond):
			case <-ctx.Done():
				return status.FromContextError(ctx.Err()).Err()
			}
		}
		if fails {
			return status.Error(codes.Code(rules.FailCode), "told to fail")
		}
		return nil
	}
}

// snapshot copies what may still change.
func (n *node) snapshot() record {
	n.mu.Lock()
	defer n.mu.Unlock()
	copied := n.seen
	copied.IDs = append([]int32{}, n.seen.IDs...)
	copied.Arrivals = make([]*arrival, len(n.seen.Arrivals))
	for i, call := range n.seen.Arrivals {
		one := *call
		copied.Arrivals[i] = &one
	}
	return copied
}

package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/encoding/gzip"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// caller plays business servers, on one connection or several to each replica.
type caller struct {
	conns        []*grpc.ClientConn
	connections  int
	turn         atomic.Uint32
	retry        bool
	count        int
	concurrency  int
	rate         float64
	duration     time.Duration
	firstID      int
	room         string
	rooms        int
	size         int
	unknown      []byte
	raw          []byte
	method       string
	metadata     metadata.MD
	gzip         bool
	deadline     time.Duration
	cancelWithin time.Duration
	stopOnDown   bool

	mu      sync.Mutex
	started int
	down    bool
	replies []*reply
}

func newCaller(flags *flag.FlagSet) *caller {
	c := &caller{metadata: metadata.MD{}}
	flags.IntVar(&c.connections, "connections", 1, "connections, which take turns")
	flags.IntVar(&c.count, "count", 0, "calls in all; 0 is as many as fit the time")
	flags.DurationVar(&c.duration, "for", 0, "how long to start calls; 0 is until the count")
	flags.IntVar(&c.concurrency, "concurrency", 0, "calls in flight (default 1), of a rate the most (default 2000)")
	flags.Float64Var(&c.rate, "rate", 0, "calls a second; 0 starts one when another ends")
	flags.IntVar(&c.firstID, "first-id", 1, "id of the first message; the others follow")
	flags.StringVar(&c.room, "room", "", "calls BroadcastToRoom for this room")
	flags.IntVar(&c.rooms, "rooms", 0, "calls BroadcastToRoom for so many rooms in turn: message N for room N modulo it")
	flags.IntVar(&c.size, "size", 16, "bytes of the body")
	flags.Func("unknown", "hex of fields to append that nobody knows", hexInto(&c.unknown))
	flags.Func("raw", "hex of the whole message, which then has no id", hexInto(&c.raw))
	flags.StringVar(&c.method, "method", "", "a full method name for --raw (default Broadcast)")
	flags.Func("metadata", "key=value to send along; may be repeated", func(pair string) error {
		key, value, ok := strings.Cut(pair, "=")
		if !ok {
			return fmt.Errorf("not key=value")
		}
		c.metadata.Append(key, value)
		return nil
	})
	flags.BoolVar(&c.gzip, "gzip", false, "compress the messages")
	flags.DurationVar(&c.deadline, "deadline", 30*time.Second, "of each call")
	flags.DurationVar(&c.cancelWithin, "cancel-within", 0, "cancel each call this long after it was sent, or sooner")
	flags.BoolVar(&c.retry, "retry-unavailable", false, "repeat a call that is UNAVAILABLE at the next replica, until its deadline")
	flags.BoolVar(&c.stopOnDown, "stop-on-unavailable", false, "start no call after the first UNAVAILABLE")
	return c
}

func hexInto(target *[]byte) func(string) error {
	return func(text string) error {
		decoded, err := hex.DecodeString(text)
		// Empty is a message too.
		*target = append([]byte{}, decoded...)
		return err
	}
}

// nextID says whether there is to be one more call.
func (c *caller) nextID(ctx context.Context) (int32, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if ctx.Err() != nil || c.started >= mostCalls || (c.count > 0 && c.started >= c.count) || (c.down && c.stopOnDown) {
		return 0, false
	}
	c.started++
	return int32(c.firstID + c.started - 1), true
}

func (c *caller) call(id int32) {
	room := c.room
	if c.rooms > 0 {
		room = fmt.Sprint("room-", int(id)%c.rooms)
	}
	method, message := broadcast, request(id, room, c.size, c.unknown)
	if room != "" {
		method = broadcastToRoom
	}
	if c.raw != nil {
		message = c.raw
		if c.method != "" {
			method = c.method
		}
	}
	sum := sha256.Sum256(message)
	r := &reply{ID: id, SHA256: hex.EncodeToString(sum[:])}

	ctx, cancel := context.WithTimeout(metadata.NewOutgoingContext(context.Background(), c.metadata), c.deadline)
	defer cancel()
	var options []grpc.CallOption
	if c.gzip {
		options = append(options, grpc.UseCompressor(gzip.Name))
	}
	var answer []byte
	since := time.Now()
	var err error
	if c.cancelWithin > 0 {
		// From at once to the whole time: nothing written yet, half way, while the answer is coming.
		patience := c.cancelWithin * time.Duration(id%9) / 8
		err = c.callImpatiently(ctx, cancel, patience, method, message, &answer, options)
	} else {
		err = c.next().Invoke(ctx, method, message, &answer, options...)
		for c.retry && status.Code(err) == codes.Unavailable && ctx.Err() == nil {
			r.Retried = append(r.Retried, status.Convert(err).Message())
			if len(r.Retried)%len(c.conns) == 0 {
				// All of them refused.
				time.Sleep(20 * time.Millisecond)
			}
			err = c.next().Invoke(ctx, method, message, &answer, options...)
		}
	}
	r.read(answer, err, time.Since(since))

	c.mu.Lock()
	defer c.mu.Unlock()
	c.replies = append(c.replies, r)
	c.down = c.down || status.Code(err) == codes.Unavailable
}

// next takes the replicas in turn.
func (c *caller) next() *grpc.ClientConn {
	return c.conns[int(c.turn.Add(1)-1)%len(c.conns)]
}

// callImpatiently makes a unary call of the steps that it has, to cancel it some time after the
// message was sent.
func (c *caller) callImpatiently(
	ctx context.Context, cancel func(), patience time.Duration,
	method string, message []byte, answer *[]byte, options []grpc.CallOption,
) error {
	stream, err := c.next().NewStream(ctx, &grpc.StreamDesc{}, method, options...)
	if err != nil {
		return err
	}
	if err := stream.SendMsg(message); err != nil {
		return err
	}
	if err := stream.CloseSend(); err != nil {
		return err
	}
	time.AfterFunc(patience, cancel)
	return stream.RecvMsg(answer)
}

package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net"
	"sync"
	"time"

	"golang.org/x/net/http2/hpack"
	"pushfanout.io/bench/internal/h2"
	"pushfanout.io/bench/internal/wire"
)

// caller makes unary calls on one connection to a manager. It keeps to the manager's windows and
// number of streams: calls beyond them wait, and their latency grows.
type caller struct {
	conn    net.Conn
	tally   *tally
	request []byte // gRPC's prefix, then the message
	stampAt int

	mu       sync.Mutex // guards all fields below
	in       *h2.Reader
	out      *h2.Writer
	encoder  *hpack.Encoder
	encoded  bytes.Buffer
	headers  []byte // the encoded headers of every call, once the dynamic table has them
	decoder  *hpack.Decoder
	answered *call // the call of the headers being decoded

	nextID     uint32
	calls      map[uint32]*call
	blocked    []*call     // calls with unsent bytes
	due        []time.Time // due times of calls without a stream
	window     int
	callWindow int
	maxFrame   int
	maxStreams int
	consumed   int

	target  int // calls to keep in flight until end
	end     time.Time
	closing bool
	gone    string        // the reason of the connection's end
	done    chan struct{} // closed after the last read
}

// call is a call in flight.
type call struct {
	id     uint32
	due    time.Time
	unsent []byte
	window int
	reply  message
	status string
}

const mostReply = 4096

func dial(o loadOptions, t *tally) (*caller, error) {
	conn, err := net.Dial("tcp", o.to)
	if err != nil {
		return nil, err
	}
	request, body := wire.Request(o.size)
	c := &caller{
		conn: conn, tally: t, in: h2.NewReader(conn), out: h2.NewWriter(conn),
		request: append(binary.BigEndian.AppendUint32([]byte{0}, uint32(len(request))), request...),
		stampAt: 5 + body,
		nextID:  1, calls: map[uint32]*call{},
		window: h2.DefaultWindow, callWindow: h2.DefaultWindow, maxFrame: h2.DefaultMaxFrame, maxStreams: 100,
		done: make(chan struct{}),
	}
	c.encoder = hpack.NewEncoder(&c.encoded)
	c.decoder = hpack.NewDecoder(4096, func(f hpack.HeaderField) {
		if f.Name == "grpc-status" && c.answered != nil {
			c.answered.status = f.Value
		}
	})
	if _, err := conn.Write([]byte(h2.Preface)); err != nil {
		return nil, err
	}
	c.out.Frame(h2.Settings, 0, 0)
	c.flush()
	go c.read(o.to)
	return c, nil
}

// callDue makes a call with that due time, or lets it wait for a stream.
func (c *caller) callDue(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tally.began()
	c.due = append(c.due, at)
	c.startDue()
}

// keepInFlight starts this number of calls, and one more for each answer until the end.
func (c *caller) keepInFlight(calls int, end time.Time) {
	c.mu.Lock()
	c.target, c.end = calls, end
	c.refill()
	c.mu.Unlock()
	c.flush()
}

// close waits for the last answers.
func (c *caller) close(deadline time.Time) {
	c.mu.Lock()
	c.closing = true
	idle := c.idle()
	c.mu.Unlock()
	if !idle {
		select {
		case <-c.done:
		case <-time.After(time.Until(deadline)):
		}
	}
	c.conn.Close()
	<-c.done
}

func (c *caller) idle() bool { return c.closing && len(c.calls) == 0 && len(c.due) == 0 }

func (c *caller) flush() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.out.Flush() // the reader detects a failure
}

func (c *caller) refill() {
	for c.target > len(c.calls) && len(c.calls) < c.maxStreams && time.Now().Before(c.end) && c.gone == "" {
		c.tally.began()
		c.start(time.Now())
	}
}

func (c *caller) startDue() {
	for len(c.due) > 0 && (len(c.calls) < c.maxStreams || c.gone != "") {
		at := c.due[0]
		c.due = c.due[1:]
		if c.gone != "" {
			c.tally.ended(nil, c.gone, at)
		} else {
			c.start(at)
		}
	}
}

func (c *caller) start(due time.Time) {
	k := &call{id: c.nextID, due: due, window: c.callWindow, reply: message{keep: mostReply}}
	c.nextID += 2
	c.calls[k.id] = k
	c.out.Frame(h2.Headers, h2.EndHeaders, k.id, c.encodeHeaders())
	binary.BigEndian.PutUint64(c.request[c.stampAt:], uint64(due.UnixNano()))
	size := len(c.request)
	if len(c.blocked) == 0 && size <= min(c.window, k.window, c.maxFrame) {
		c.window -= size
		c.out.Frame(h2.Data, h2.EndStream, k.id, c.request)
		return
	}
	k.unsent = bytes.Clone(c.request)
	c.blocked = append(c.blocked, k)
	c.sendBlocked()
}

func (c *caller) encodeHeaders() []byte {
	if c.headers != nil {
		return c.headers
	}
	c.encoded.Reset()
	for _, f := range []hpack.HeaderField{
		{Name: ":method", Value: "POST"}, {Name: ":scheme", Value: "http"}, {Name: ":path", Value: wire.Broadcast},
		{Name: ":authority", Value: c.conn.RemoteAddr().String()}, {Name: "te", Value: "trailers"},
		{Name: "content-type", Value: "application/grpc"}, {Name: "user-agent", Value: "fanbench"},
	} {
		c.encoder.WriteField(f)
	}
	if c.nextID > 3 { // the first block filled the table; this one and all later ones point into it
		c.headers = bytes.Clone(c.encoded.Bytes())
	}
	return c.encoded.Bytes()
}

// sendBlocked sends as much as the windows permit now, in the calls' order.
func (c *caller) sendBlocked() {
	still := c.blocked[:0]
	for _, k := range c.blocked {
		for n := 1; n > 0 && len(k.unsent) > 0; {
			if n = min(len(k.unsent), c.window, k.window, c.maxFrame); n > 0 {
				flags := byte(0)
				if n == len(k.unsent) {
					flags = h2.EndStream
				}
				c.out.Frame(h2.Data, flags, k.id, k.unsent[:n])
				k.unsent = k.unsent[n:]
				k.window -= n
				c.window -= n
			}
		}
		if len(k.unsent) > 0 {
			still = append(still, k)
		}
	}
	clear(c.blocked[len(still):])
	c.blocked = still
}

func (c *caller) read(to string) {
	defer close(c.done)
	for {
		frame, err := c.in.Next()
		c.mu.Lock()
		if err == nil {
			err = c.handle(frame)
		}
		if err != nil {
			c.fail(fmt.Sprintf("the connection to %s: %v", to, err))
			c.mu.Unlock()
			return
		}
		if c.in.Waits() {
			c.startDue()
			c.refill()
			c.out.Flush()
		}
		idle := c.idle()
		c.mu.Unlock()
		if idle {
			return
		}
	}
}

func (c *caller) fail(why string) {
	c.gone = why
	for _, k := range c.calls {
		c.tally.ended(nil, why, k.due)
	}
	clear(c.calls)
	c.startDue()
}

func (c *caller) handle(f h2.Frame) error {
	switch f.Type {
	case h2.Data:
		if c.consumed += len(f.Payload); c.consumed > h2.DefaultWindow/4 {
			c.out.Grant(0, c.consumed)
			c.consumed = 0
		}
		if k := c.calls[f.Stream]; k != nil {
			k.reply.take(f.Payload)
		}
		c.endIf(f.Has(h2.EndStream), f.Stream, "")
	case h2.Headers:
		block, err := f.Block()
		if err != nil {
			return err
		}
		c.answered = c.calls[f.Stream]
		if _, err := c.decoder.Write(block); err != nil {
			return err
		}
		if err := c.decoder.Close(); err != nil {
			return err
		}
		c.endIf(f.Has(h2.EndStream), f.Stream, "")
	case h2.Reset:
		code, err := f.Number()
		if err != nil {
			return err
		}
		c.endIf(true, f.Stream, fmt.Sprint("reset with ", code))
	case h2.Settings:
		if !f.Has(h2.Ack) {
			f.EachSetting(c.set)
			c.out.Frame(h2.Settings, h2.Ack, 0)
			c.sendBlocked()
		}
	case h2.Ping:
		if !f.Has(h2.Ack) {
			c.out.Frame(h2.Ping, h2.Ack, 0, f.Payload)
		}
	case h2.GoAway:
		return fmt.Errorf("GOAWAY %q", f.Payload)
	case h2.WindowUpdate:
		bytes, err := f.Number()
		if err != nil {
			return err
		}
		if k := c.calls[f.Stream]; k != nil {
			k.window += int(bytes)
		} else if f.Stream == 0 {
			c.window += int(bytes)
		}
		c.sendBlocked()
	}
	return nil
}

func (c *caller) set(setting uint16, value uint32) {
	switch setting {
	case h2.MaxStreams:
		c.maxStreams = int(min(value, 1<<30))
	case h2.InitialWindow:
		for _, k := range c.calls {
			k.window += int(value) - c.callWindow
		}
		c.callWindow = int(value)
	case h2.MaxFrame:
		c.maxFrame = int(value)
	}
}

func (c *caller) endIf(ends bool, id uint32, failure string) {
	k := c.calls[id]
	if !ends || k == nil {
		return
	}
	delete(c.calls, id)
	if failure == "" && k.status != "0" {
		failure = "grpc-status " + k.status
	}
	c.tally.ended(k.reply.kept, failure, k.due)
}

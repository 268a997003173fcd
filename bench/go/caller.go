package main

import (
	"crypto/tls"
	"fmt"
	"net"
	"sync"
	"time"

	"pushfanout.io/bench/internal/h2"
	"pushfanout.io/bench/internal/wire"
)

const (
	mostReply = 4096
	callSlots = 4096

	// settlesWithin is the time for the manager's settings, which bound the streams.
	settlesWithin = 10 * time.Second

	// patience is the time that a call waits for a stream.
	patience = time.Second
	gaveUp   = "no stream within a second"
)

// caller makes unary calls on one connection to a manager. It keeps to the manager's windows and
// number of streams: calls beyond them wait, and their latency grows.
type caller struct {
	conn net.Conn
	in   *h2.Reader // of the reading goroutine alone

	mu      sync.Mutex // guards all fields below
	tally   *tally
	out     *h2.Writer
	request *requestFrames
	status  *h2.Fields

	nextID     uint32
	calls      *h2.Table[call]
	free       []*call
	blocked    []*call // calls with unsent bytes
	due        fifo    // due times of calls without a stream
	window     int
	callWindow int
	maxFrame   int
	maxStreams int
	consumed   int

	target  int // calls to keep in flight until end
	end     time.Time
	closing bool
	gone    string        // the reason of the connection's end
	settled chan struct{} // closed after the manager's first settings
	done    chan struct{} // closed after the last read
}

// call is a call in flight.
type call struct {
	id     uint32
	due    int64
	large  []byte // the message, where one frame cannot hold it
	unsent []byte // the rest of it
	window int
	reply  message
	parsed wire.Reply
	status string
}

func dial(o loadOptions) (*caller, error) {
	conn, err := connection(o)
	if err != nil {
		return nil, err
	}
	c := &caller{
		conn: conn, request: newRequestFrames(o), tally: newTally(),
		in: h2.NewReader(conn), out: h2.NewWriter(conn), status: h2.NewFields("grpc-status"),
		nextID: 1, calls: h2.NewTable[call](callSlots),
		window: h2.DefaultWindow, callWindow: h2.DefaultWindow, maxFrame: h2.DefaultMaxFrame, maxStreams: 100,
		settled: make(chan struct{}), done: make(chan struct{}),
	}
	c.out.Append([]byte(h2.Preface))
	c.out.Frame(h2.Settings, 0, 0)
	if err := c.out.Flush(); err != nil {
		return nil, err
	}
	go c.read(o.to)
	select {
	case <-c.settled:
	case <-c.done:
	case <-time.After(settlesWithin):
		return nil, fmt.Errorf("no settings of %s in %v", o.to, settlesWithin)
	}
	return c, nil
}

func connection(o loadOptions) (net.Conn, error) {
	if o.certificate == "" {
		return net.Dial("tcp", o.to)
	}
	secure, err := clientTLS(o.certificate)
	if err != nil {
		return nil, err
	}
	return tls.Dial("tcp", o.to, secure)
}

// callDue makes calls with these due times, or lets them wait for a stream.
func (c *caller) callDue(times []int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tally.sent += uint64(len(times))
	c.due.add(times)
	c.startDue()
	c.out.Flush() // the reader detects a failure
}

// keepInFlight starts this number of calls, and one more for each answer until the end.
func (c *caller) keepInFlight(calls int, end time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.target, c.end = calls, end
	c.refill()
	c.out.Flush()
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

func (c *caller) idle() bool { return c.closing && c.calls.Len() == 0 && c.due.empty() }

func (c *caller) refill() {
	if c.target <= c.calls.Len() || c.gone != "" {
		return
	}
	now := time.Now()
	for now.Before(c.end) && c.calls.Len() < min(c.target, c.maxStreams) {
		c.tally.sent++
		c.start(now.UnixNano())
		c.tally.lastSent = now.UnixNano()
	}
}

// startDue starts waiting calls as far as there are streams.
func (c *caller) startDue() {
	if c.due.empty() {
		return
	}
	now := time.Now().UnixNano()
	for !c.due.empty() && (c.calls.Len() < c.maxStreams || c.gone != "" || now-c.due.first() > int64(patience)) {
		switch at := c.due.take(); {
		case c.gone != "":
			c.tally.ended(at, now, wire.Reply{}, c.gone)
		case now-at > int64(patience):
			c.tally.ended(at, now, wire.Reply{}, gaveUp)
		default:
			c.start(at)
			c.tally.lastSent = now
		}
	}
}

func (c *caller) start(due int64) {
	last := len(c.free) - 1
	if last < 0 {
		c.free, last = append(c.free, &call{}), 0
	}
	k := c.free[last]
	c.free = c.free[:last]
	k.id, k.due, k.window, k.parsed, k.status = c.nextID, due, c.callWindow, wire.Reply{}, ""
	k.reply.reset(mostReply)
	c.nextID += 2
	c.calls.Put(k.id, k)
	size := c.request.size()
	if len(c.blocked) == 0 && size <= min(c.window, k.window, c.maxFrame) {
		c.window -= size
		c.request.write(c.out, k.id, due)
		return
	}
	c.request.writeHeaders(c.out, k.id)
	k.large = c.request.appendMessage(k.large[:0], due)
	k.unsent = k.large
	c.blocked = append(c.blocked, k)
	c.sendBlocked()
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
		for err == nil {
			if err = c.handle(frame); err != nil || c.in.Waits() {
				break
			}
			frame, err = c.in.Next()
		}
		if err != nil {
			c.fail(fmt.Sprintf("the connection to %s: %v", to, err))
			c.mu.Unlock()
			return
		}
		c.startDue()
		c.refill()
		c.out.Flush()
		idle := c.idle()
		c.mu.Unlock()
		if idle {
			return
		}
	}
}

func (c *caller) fail(why string) {
	c.gone = why
	now := time.Now().UnixNano()
	c.calls.Each(func(k *call) { c.tally.ended(k.due, now, wire.Reply{}, why) })
	c.calls = h2.NewTable[call](callSlots)
	c.blocked = nil
	c.startDue()
}

func (c *caller) endIf(ends bool, k *call, failure string) {
	if !ends || k == nil {
		return
	}
	c.calls.Remove(k.id)
	if failure == "" && k.status != "0" {
		failure = "grpc-status " + k.status
	}
	c.tally.ended(k.due, c.in.At(), k.parsed, failure)
	if len(k.unsent) == 0 {
		c.free = append(c.free, k)
	}
}

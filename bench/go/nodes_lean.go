package main

import (
	"encoding/binary"
	"log"
	"net"

	"pushfanout.io/bench/internal/h2"
	"pushfanout.io/bench/internal/wire"
)

const (
	streamWindow     = 16 << 20
	connectionWindow = 1 << 30
	streamSlots      = 256

	// unaryKept is the number of bytes read of a request: the first bytes of its body are among them.
	unaryKept = 64
)

var (
	// Header blocks of HPACK without its tables: ":status: 200" of the static one, and literals.
	answerHead = append([]byte{0x88, 0x0f, 0x10, 16}, "application/grpc"...)
	answerTail = append(append([]byte{0x00, 11}, "grpc-status"...), 1, '0')

	// unaryAnswer is the frames of a whole answer, with unaryIDs, the places of the stream's id.
	unaryAnswer, unaryIDs = encodeUnaryAnswer()
)

// leanConn is a manager's connection to a node that trusts it: it implements the parts of HTTP/2 that
// managers use, and ignores the windows for its answers, which are small.
type leanConn struct {
	node     *node
	in       *h2.Reader
	out      *h2.Writer
	path     *h2.Fields
	streams  *h2.Table[leanStream]
	free     []*leanStream
	acks     []*leanStream // streams with unacknowledged envelopes
	sent     []int64       // sending times of messages that are not yet counted
	consumed int
}

// leanStream is a unary call, or a stream of deliveries.
type leanStream struct {
	id       uint32
	delivers bool
	message  message
	handled  uint64
	owesAck  bool
	consumed int
}

func serveLean(listener net.Listener, n *node) error {
	return accept(listener, func(conn net.Conn) {
		c := &leanConn{
			node: n, in: h2.NewReader(conn), out: h2.NewWriter(conn),
			path: h2.NewFields(":path"), streams: h2.NewTable[leanStream](streamSlots),
		}
		if err := c.serve(); err != nil {
			log.Print("a node: ", err)
		}
	})
}

func (c *leanConn) serve() error {
	if c.in.Skip(len(h2.Preface)) != nil {
		return nil // a probe of the port without a preface
	}
	c.out.Settings(h2.InitialWindow, streamWindow)
	c.out.Grant(0, connectionWindow-h2.DefaultWindow)
	for {
		if c.in.Waits() {
			c.node.arrived(c.in.At(), c.sent...)
			c.sent = c.sent[:0]
			c.acknowledge()
			if c.out.Flush() != nil {
				return nil
			}
		}
		frame, err := c.in.Next()
		if err != nil {
			return nil // the manager is gone
		}
		if err := c.handle(frame); err != nil {
			return err
		}
	}
}

func (c *leanConn) handle(f h2.Frame) error {
	switch f.Type {
	case h2.Headers:
		return c.begin(f)
	case h2.Data:
		return c.data(f)
	case h2.Reset:
		if s := c.streams.Get(f.Stream); s != nil {
			c.end(s)
		}
	case h2.Settings:
		if !f.Has(h2.Ack) {
			c.out.Frame(h2.Settings, h2.Ack, 0)
		}
	case h2.Ping:
		if !f.Has(h2.Ack) {
			c.out.Frame(h2.Ping, h2.Ack, 0, f.Payload)
		}
	}
	return nil
}

func (c *leanConn) begin(f h2.Frame) error {
	block, err := f.Block()
	if err != nil {
		return err
	}
	path, err := c.path.Read(block)
	if err != nil {
		return err
	}
	s := c.fresh()
	s.id, s.delivers = f.Stream, path == wire.Deliver
	c.streams.Put(s.id, s)
	if s.delivers {
		s.message.keep = streamWindow
		c.out.Frame(h2.Headers, h2.EndHeaders, s.id, answerHead)
	}
	if f.Has(h2.EndStream) {
		c.answer(s)
	}
	return nil
}

// fresh returns a stream, an ended one where there is one.
func (c *leanConn) fresh() *leanStream {
	last := len(c.free) - 1
	if last < 0 {
		c.free, last = append(c.free, &leanStream{}), 0
	}
	s := c.free[last]
	c.free = c.free[:last]
	s.message.reset(unaryKept)
	s.handled, s.owesAck, s.consumed = 0, false, 0
	return s
}

func (c *leanConn) data(f h2.Frame) error {
	if c.consumed += len(f.Payload); c.consumed >= connectionWindow/4 {
		c.out.Grant(0, c.consumed)
		c.consumed = 0
	}
	s := c.streams.Get(f.Stream)
	if s == nil {
		return nil
	}
	if s.consumed += len(f.Payload); s.consumed >= streamWindow/4 && !f.Has(h2.EndStream) {
		c.out.Grant(s.id, s.consumed)
		s.consumed = 0
	}
	for rest := f.Payload; len(rest) > 0; {
		var whole bool
		if rest, whole = s.message.take(rest); whole {
			if err := c.received(s); err != nil {
				return err
			}
		}
	}
	if f.Has(h2.EndStream) {
		c.answer(s)
	}
	return nil
}

func (c *leanConn) received(s *leanStream) error {
	if !s.delivers {
		c.sent = append(c.sent, wire.Stamp(s.message.body))
		return nil
	}
	err := wire.Envelopes(s.message.body, func(request []byte) {
		c.sent = append(c.sent, wire.Stamp(request))
		s.handled++
	})
	if !s.owesAck {
		s.owesAck = true
		c.acks = append(c.acks, s)
	}
	return err
}

// acknowledge sends one acknowledgement for each stream, of all envelopes so far.
func (c *leanConn) acknowledge() {
	for _, s := range c.acks {
		if s.owesAck {
			s.owesAck = false
			c.out.Message(s.id, wire.Acknowledge(s.handled))
		}
	}
	c.acks = c.acks[:0]
}

func (c *leanConn) answer(s *leanStream) {
	if s.delivers {
		c.acknowledge()
		c.out.Frame(h2.Headers, h2.EndHeaders|h2.EndStream, s.id, answerTail)
	} else {
		answer := c.out.Append(unaryAnswer)
		for _, at := range unaryIDs {
			binary.BigEndian.PutUint32(answer[at:], s.id)
		}
	}
	c.end(s)
}

func encodeUnaryAnswer() (frames []byte, ids [3]int) {
	out := h2.NewWriter(nil)
	for i, add := range []func(){
		func() { out.Frame(h2.Headers, h2.EndHeaders, 0, answerHead) },
		func() { out.Message(0, wire.OK) },
		func() { out.Frame(h2.Headers, h2.EndHeaders|h2.EndStream, 0, answerTail) },
	} {
		ids[i] = out.Len() + h2.StreamAt
		add()
	}
	return out.Bytes(), ids
}

func (c *leanConn) end(s *leanStream) {
	c.streams.Remove(s.id)
	if s.delivers {
		s.owesAck = false
	} else {
		c.free = append(c.free, s)
	}
}

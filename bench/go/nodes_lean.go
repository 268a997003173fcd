package main

import (
	"encoding/binary"
	"log"
	"net"

	"golang.org/x/net/http2/hpack"
	"pushfanout.io/bench/internal/h2"
	"pushfanout.io/bench/internal/wire"
)

const (
	streamWindow     = 16 << 20
	connectionWindow = 1 << 30

	// unaryKept is the number of bytes read of a request: the first bytes of its body are among them.
	unaryKept = 64
)

var (
	// Header blocks of HPACK without its tables: ":status: 200" of the static one, and literals.
	answerHead = append([]byte{0x88, 0x0f, 0x10, 16}, "application/grpc"...)
	answerTail = append(append([]byte{0x00, 11}, "grpc-status"...), 1, '0')
)

// leanConn is a manager's connection to a node that trusts it: it implements the parts of HTTP/2 that
// managers use, and ignores the windows for its answers, which are small.
type leanConn struct {
	node     *node
	in       *h2.Reader
	out      *h2.Writer
	headers  *hpack.Decoder
	path     string
	streams  map[uint32]*leanStream
	free     []*leanStream
	acks     []*leanStream // streams with unacknowledged envelopes
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
		c := &leanConn{node: n, in: h2.NewReader(conn), out: h2.NewWriter(conn), streams: map[uint32]*leanStream{}}
		c.headers = hpack.NewDecoder(4096, func(f hpack.HeaderField) {
			if f.Name == ":path" {
				c.path = f.Value
			}
		})
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
		c.end(f.Stream)
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
	if _, err := c.headers.Write(block); err != nil {
		return err
	}
	if err := c.headers.Close(); err != nil {
		return err
	}
	s := &leanStream{}
	if last := len(c.free) - 1; last >= 0 {
		s, c.free = c.free[last], c.free[:last]
	}
	*s = leanStream{id: f.Stream, delivers: c.path == wire.Deliver, message: message{kept: s.message.kept[:0], keep: unaryKept}}
	c.streams[f.Stream] = s
	if s.delivers {
		s.message.keep = streamWindow
		c.out.Frame(h2.Headers, h2.EndHeaders, s.id, answerHead)
	}
	if f.Has(h2.EndStream) {
		c.answer(s)
	}
	return nil
}

func (c *leanConn) data(f h2.Frame) error {
	if c.consumed += len(f.Payload); c.consumed >= connectionWindow/4 {
		c.out.Grant(0, c.consumed)
		c.consumed = 0
	}
	s := c.streams[f.Stream]
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
		c.node.arrived(s.message.kept)
		return nil
	}
	err := wire.Envelopes(s.message.kept, func(request []byte) { c.node.arrived(request); s.handled++ })
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
	} else {
		c.out.Frame(h2.Headers, h2.EndHeaders, s.id, answerHead)
		c.out.Message(s.id, wire.OK)
	}
	c.out.Frame(h2.Headers, h2.EndHeaders|h2.EndStream, s.id, answerTail)
	c.end(s.id)
}

func (c *leanConn) end(id uint32) {
	if s := c.streams[id]; s != nil {
		delete(c.streams, id)
		if !s.delivers {
			c.free = append(c.free, s)
		}
		s.owesAck = false
	}
}

// message assembles one gRPC message from DATA frames that may split it anywhere, and keeps its first
// keep bytes.
type message struct {
	prefix [5]byte
	have   int // bytes of the prefix so far
	left   int // bytes of the message to come
	kept   []byte
	keep   int
}

// take consumes the message's bytes of the data, and returns the rest and whether the message is
// whole; kept is valid until the next message begins.
func (m *message) take(data []byte) (rest []byte, whole bool) {
	if m.have < len(m.prefix) {
		n := copy(m.prefix[m.have:], data)
		data = data[n:]
		if m.have += n; m.have < len(m.prefix) {
			return nil, false
		}
		m.left = int(binary.BigEndian.Uint32(m.prefix[1:]))
		m.kept = m.kept[:0]
	}
	n := min(len(data), m.left)
	m.kept = append(m.kept, data[:min(n, m.keep-len(m.kept))]...)
	if m.left -= n; m.left > 0 {
		return nil, false
	}
	m.have = 0
	return data[n:], true
}

package main

import "encoding/binary"

// message assembles one gRPC message from DATA frames that may split it anywhere, and keeps its first
// keep bytes.
type message struct {
	prefix [5]byte
	have   int    // bytes of the prefix so far
	size   int    // bytes of the message
	left   int    // bytes of the message to come
	body   []byte // the kept bytes of a whole message, until the next call of take
	kept   []byte
	keep   int
}

// take consumes the message's bytes of the data, and returns the rest and whether the message is
// whole.
func (m *message) take(data []byte) (rest []byte, whole bool) {
	if m.have < len(m.prefix) {
		n := copy(m.prefix[m.have:], data)
		data = data[n:]
		if m.have += n; m.have < len(m.prefix) {
			return nil, false
		}
		m.size = int(binary.BigEndian.Uint32(m.prefix[1:]))
		m.left, m.kept = m.size, m.kept[:0]
	}
	n := min(len(data), m.left)
	if n == m.size {
		m.body, m.left, m.have = data[:min(n, m.keep)], 0, 0
		return data[n:], true
	}
	m.kept = append(m.kept, data[:min(n, m.keep-len(m.kept))]...)
	if m.left -= n; m.left > 0 {
		return nil, false
	}
	m.body, m.have = m.kept, 0
	return data[n:], true
}

// reset forgets a message that is not whole.
func (m *message) reset(keep int) { *m = message{kept: m.kept[:0], keep: keep} }

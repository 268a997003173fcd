package main

import (
	"bufio"
	"encoding/binary"
	"io"
	"net"
	"time"

	"pushfanout.io/bench/internal/wire"
)

const readAhead = 256 << 10

// serveTCP reads requests behind their lengths of 4 bytes, and answers each burst of requests with
// the number of all so far, of 8 bytes.
func serveTCP(listener net.Listener, n *node) error {
	return accept(listener, func(conn net.Conn) {
		in := bufio.NewReaderSize(conn, readAhead)
		var prefix [4]byte
		request := make([]byte, 0, readAhead)
		var sent []int64
		for handled := uint64(1); ; handled++ {
			if _, err := io.ReadFull(in, prefix[:]); err != nil {
				return
			}
			size := int(binary.BigEndian.Uint32(prefix[:]))
			if size > cap(request) {
				request = make([]byte, 0, size)
			}
			if _, err := io.ReadFull(in, request[:size]); err != nil {
				return
			}
			sent = append(sent, wire.Stamp(request[:size]))
			if in.Buffered() < len(prefix) {
				n.arrived(time.Now().UnixNano(), sent...)
				sent = sent[:0]
				if _, err := conn.Write(binary.BigEndian.AppendUint64(nil, handled)); err != nil {
					return
				}
			}
		}
	})
}

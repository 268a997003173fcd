package main

import (
	"bytes"
	"encoding/binary"

	"golang.org/x/net/http2/hpack"
	"pushfanout.io/bench/internal/h2"
	"pushfanout.io/bench/internal/wire"
)

// requestFrames writes the frames of calls, which differ in their stream and their due time.
type requestFrames struct {
	fields  []hpack.HeaderField
	encoder *hpack.Encoder
	encoded bytes.Buffer
	message []byte // gRPC's prefix, then the request
	stampAt int    // of the message
	whole   []byte // a call's HEADERS and DATA, once HPACK's table has every field
	dataAt  int    // of the whole
	written int    // blocks
}

// blocksOfFields is the number of blocks after which the encoder has put every field into the table.
const blocksOfFields = 2

func newRequestFrames(o loadOptions) *requestFrames {
	scheme := "http"
	if o.certificate != "" {
		scheme = "https"
	}
	request, body := wire.Request(o.size)
	r := &requestFrames{
		fields: []hpack.HeaderField{
			{Name: ":method", Value: "POST"}, {Name: ":scheme", Value: scheme}, {Name: ":path", Value: wire.Broadcast},
			{Name: ":authority", Value: o.to}, {Name: "te", Value: "trailers"},
			{Name: "content-type", Value: "application/grpc"}, {Name: "user-agent", Value: "fanbench"},
		},
		message: append(binary.BigEndian.AppendUint32([]byte{0}, uint32(len(request))), request...),
		stampAt: 5 + body,
	}
	if o.token != "" {
		r.fields = append(r.fields, hpack.HeaderField{Name: "authorization", Value: "Bearer " + o.token})
	}
	r.encoder = hpack.NewEncoder(&r.encoded)
	return r
}

// size returns the bytes of a call's DATA.
func (r *requestFrames) size() int { return len(r.message) }

// appendMessage appends the message to an empty buffer.
func (r *requestFrames) appendMessage(buffer []byte, due int64) []byte {
	buffer = append(buffer, r.message...)
	binary.BigEndian.PutUint64(buffer[r.stampAt:], uint64(due))
	return buffer
}

func (r *requestFrames) writeHeaders(out *h2.Writer, id uint32) {
	r.encoded.Reset()
	for _, f := range r.fields {
		r.encoder.WriteField(f)
	}
	out.Frame(h2.Headers, h2.EndHeaders, id, r.encoded.Bytes())
	r.written++
}

// write adds a call whose message fits into one frame.
func (r *requestFrames) write(out *h2.Writer, id uint32, due int64) {
	if r.written < blocksOfFields {
		r.writeHeaders(out, id)
		out.Frame(h2.Data, h2.EndStream, id, r.appendMessage(nil, due))
		return
	}
	if r.whole == nil {
		frames := h2.NewWriter(nil)
		r.writeHeaders(frames, 0)
		r.dataAt = frames.Len()
		frames.Frame(h2.Data, h2.EndStream, 0, r.message)
		r.whole = frames.Bytes()
	}
	frames := out.Append(r.whole)
	binary.BigEndian.PutUint32(frames[h2.StreamAt:], id)
	binary.BigEndian.PutUint32(frames[r.dataAt+h2.StreamAt:], id)
	stampAt := len(frames) - len(r.message) + r.stampAt
	binary.BigEndian.PutUint64(frames[stampAt:], uint64(due))
}

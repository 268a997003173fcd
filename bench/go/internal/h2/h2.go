// Package h2 reads and writes HTTP/2 frames, with no more of the protocol than two trusted peers
// need: measurements are of the manager between them, so both must be cheap.
package h2

import (
	"encoding/binary"
	"fmt"
	"io"
	"time"
)

// Preface is the first bytes of a client.
const Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

// Types of frames.
const (
	Data         = 0
	Headers      = 1
	Reset        = 3
	Settings     = 4
	Ping         = 6
	GoAway       = 7
	WindowUpdate = 8
)

// Flags of frames.
const (
	Ack        = 0x1
	EndStream  = 0x1
	EndHeaders = 0x4
	Padded     = 0x8
	Priority   = 0x20
)

// Settings by their numbers.
const (
	MaxStreams    = 3
	InitialWindow = 4
	MaxFrame      = 5
)

// DefaultWindow and DefaultMaxFrame hold until the peer's settings change them.
const (
	DefaultWindow   = 65535
	DefaultMaxFrame = 16384
)

const headerSize = 9

// StreamAt is the place of the stream's id in a frame, 4 bytes.
const StreamAt = 5

// Frame is one frame; its payload is valid until the next frame is read.
type Frame struct {
	Type, Flags byte
	Stream      uint32
	Payload     []byte
}

// Has returns whether a flag is set.
func (f Frame) Has(flag byte) bool { return f.Flags&flag != 0 }

// Number reads the payload of a WINDOW_UPDATE or a RST_STREAM.
func (f Frame) Number() (uint32, error) {
	if len(f.Payload) < 4 {
		return 0, fmt.Errorf("frame of type %d with %d bytes", f.Type, len(f.Payload))
	}
	return binary.BigEndian.Uint32(f.Payload), nil
}

// Block returns the payload of a HEADERS frame without its padding and priority.
func (f Frame) Block() ([]byte, error) {
	if !f.Has(EndHeaders) || f.Has(Padded) {
		return nil, fmt.Errorf("headers with flags %#x, which nobody here sends", f.Flags)
	}
	if f.Has(Priority) {
		return f.Payload[min(5, len(f.Payload)):], nil
	}
	return f.Payload, nil
}

// EachSetting hands over the settings of a SETTINGS frame.
func (f Frame) EachSetting(each func(setting uint16, value uint32)) {
	for p := f.Payload; len(p) >= 6; p = p[6:] {
		each(binary.BigEndian.Uint16(p), binary.BigEndian.Uint32(p[2:]))
	}
}

// Reader reads frames from a connection.
type Reader struct {
	in         io.Reader
	buffer     []byte
	begin, end int
	at         int64
}

// NewReader reads frames of at most 256 KiB.
func NewReader(in io.Reader) *Reader {
	return &Reader{in: in, buffer: make([]byte, 256<<10)}
}

// At returns the time of the last read from the connection, in nanoseconds since 1970.
func (r *Reader) At() int64 { return r.at }

// Waits returns whether the next frame has yet to arrive.
func (r *Reader) Waits() bool {
	have := r.end - r.begin
	return have < headerSize || have < headerSize+r.length()
}

func (r *Reader) length() int {
	b := r.buffer[r.begin:]
	return int(b[0])<<16 | int(b[1])<<8 | int(b[2])
}

// Next waits for a frame.
func (r *Reader) Next() (Frame, error) {
	for r.Waits() {
		if r.end-r.begin >= headerSize && headerSize+r.length() > len(r.buffer) {
			return Frame{}, fmt.Errorf("a frame of %d bytes", r.length())
		}
		if err := r.read(); err != nil {
			return Frame{}, err
		}
	}
	b, length := r.buffer[r.begin:], r.length()
	r.begin += headerSize + length
	return Frame{b[3], b[4], binary.BigEndian.Uint32(b[5:]) &^ (1 << 31), b[headerSize : headerSize+length]}, nil
}

// Skip skips bytes that are no frame, such as the preface.
func (r *Reader) Skip(count int) error {
	for r.end-r.begin < count {
		if err := r.read(); err != nil {
			return err
		}
	}
	r.begin += count
	return nil
}

func (r *Reader) read() error {
	r.end = copy(r.buffer, r.buffer[r.begin:r.end])
	r.begin = 0
	n, err := r.in.Read(r.buffer[r.end:])
	r.at = time.Now().UnixNano()
	r.end += n
	if n > 0 {
		return nil
	}
	return err
}

// Writer gathers frames until they are flushed.
type Writer struct {
	out io.Writer
	buf []byte
}

// NewWriter returns a writer that sends no byte before Flush.
func NewWriter(out io.Writer) *Writer { return &Writer{out: out} }

// Frame adds a frame.
func (w *Writer) Frame(kind, flags byte, stream uint32, payload ...[]byte) {
	length := 0
	for _, p := range payload {
		length += len(p)
	}
	w.buf = append(w.buf, byte(length>>16), byte(length>>8), byte(length), kind, flags)
	w.buf = binary.BigEndian.AppendUint32(w.buf, stream)
	for _, p := range payload {
		w.buf = append(w.buf, p...)
	}
}

// Append adds encoded frames, and returns the added bytes, valid until the next call of this writer.
func (w *Writer) Append(frames []byte) []byte {
	w.buf = append(w.buf, frames...)
	return w.buf[len(w.buf)-len(frames):]
}

// Bytes returns the gathered frames, and Len the number of their bytes.
func (w *Writer) Bytes() []byte { return w.buf }
func (w *Writer) Len() int      { return len(w.buf) }

// Message adds a gRPC message as a DATA frame.
func (w *Writer) Message(stream uint32, message []byte) {
	var prefix [5]byte
	binary.BigEndian.PutUint32(prefix[1:], uint32(len(message)))
	w.Frame(Data, 0, stream, prefix[:], message)
}

// Grant adds a WINDOW_UPDATE.
func (w *Writer) Grant(stream uint32, bytes int) {
	w.Frame(WindowUpdate, 0, stream, binary.BigEndian.AppendUint32(nil, uint32(bytes)))
}

// Settings adds a SETTINGS frame of one setting.
func (w *Writer) Settings(setting uint16, value uint32) {
	w.Frame(Settings, 0, 0, binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint16(nil, setting), value))
}

// Flush writes the gathered frames.
func (w *Writer) Flush() error {
	if len(w.buf) == 0 {
		return nil
	}
	_, err := w.out.Write(w.buf)
	w.buf = w.buf[:0]
	return err
}

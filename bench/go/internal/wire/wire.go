// Package wire has the messages that the programs exchange, of proto/push.proto and of the streaming
// service pushfanout.v1.Delivery.
package wire

import (
	"encoding/binary"

	"google.golang.org/protobuf/encoding/protowire"
)

// Full method names.
const (
	Broadcast = "/protocol.PushServer/Broadcast"
	Deliver   = "/pushfanout.v1.Delivery/Deliver"
)

// StampSize is the number of bytes of a body for its sending time, in nanoseconds since 1970.
const StampSize = 8

// OK is a BroadCastReply: code "0", msg "OK".
var OK = []byte{0x0a, 1, '0', 0x12, 2, 'O', 'K'}

// Request encodes a BroadCastReq with a body of this many bytes, and returns the body's position.
func Request(bodySize int) (request []byte, body int) {
	var proto []byte
	proto = protowire.AppendTag(proto, 1, protowire.VarintType)
	proto = protowire.AppendVarint(proto, 1)
	proto = protowire.AppendTag(proto, 2, protowire.VarintType)
	proto = protowire.AppendVarint(proto, 4)
	proto = protowire.AppendTag(proto, 4, protowire.BytesType)
	proto = protowire.AppendBytes(proto, make([]byte, bodySize))
	request = protowire.AppendTag(nil, 1, protowire.BytesType)
	request = protowire.AppendBytes(request, proto)
	return request, len(request) - bodySize
}

// Stamp returns the sending time of a BroadCastReq with at least its first bytes, or 0 if it has
// none.
func Stamp(request []byte) int64 {
	_, _, size := protowire.ConsumeTag(request)
	_, length := protowire.ConsumeVarint(request[max(size, 0):])
	if size < 0 || length < 0 {
		return 0
	}
	proto := request[size+length:]
	for len(proto) > 0 {
		field, kind, size := protowire.ConsumeTag(proto)
		if size < 0 {
			return 0
		}
		proto = proto[size:]
		number, size := protowire.ConsumeVarint(proto) // a number, or the length of the following bytes
		switch {
		case size < 0:
			return 0
		case kind == protowire.VarintType:
			proto = proto[size:]
		case field == 4 && kind == protowire.BytesType && number >= StampSize && len(proto) >= size+StampSize:
			return int64(binary.BigEndian.Uint64(proto[size:]))
		default:
			return 0
		}
	}
	return 0
}

// Envelopes calls a function with each request of a DeliverRequest.
func Envelopes(message []byte, each func(request []byte)) error {
	return eachBytes(message, func(field protowire.Number, envelope []byte) {
		// Field 1 is a broadcast and 2 one to a room; another field, such as via, is no request.
		eachBytes(envelope, func(field protowire.Number, value []byte) {
			if field == 1 || field == 2 {
				each(value)
			}
		})
	})
}

func eachBytes(message []byte, each func(field protowire.Number, value []byte)) error {
	for len(message) > 0 {
		field, kind, size := protowire.ConsumeTag(message)
		if size < 0 {
			return protowire.ParseError(size)
		}
		message = message[size:]
		size = protowire.ConsumeFieldValue(field, kind, message)
		if size < 0 {
			return protowire.ParseError(size)
		}
		if kind == protowire.BytesType {
			value, _ := protowire.ConsumeBytes(message)
			each(field, value)
		}
		message = message[size:]
	}
	return nil
}

// DeliverRequest puts requests into envelopes, like a manager.
func DeliverRequest(requests ...[]byte) (message []byte) {
	for _, request := range requests {
		envelope := protowire.AppendBytes(protowire.AppendTag(nil, 1, protowire.BytesType), request)
		message = protowire.AppendBytes(protowire.AppendTag(message, 1, protowire.BytesType), envelope)
	}
	return message
}

// Acknowledge encodes a DeliverResponse with the number of handled envelopes of the stream.
func Acknowledge(envelopes uint64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(nil, 1, protowire.VarintType), envelopes)
}

// Acknowledged returns the number of handled envelopes in a DeliverResponse.
func Acknowledged(response []byte) uint64 {
	_, _, size := protowire.ConsumeTag(response)
	if size < 0 {
		return 0
	}
	envelopes, _ := protowire.ConsumeVarint(response[size:])
	return envelopes
}

// Reply holds the fields of a BroadCastReply that callers use.
type Reply struct {
	Code              string
	Accepted, Dropped uint64
}

// ParseReply parses a BroadCastReply up to its first invalid byte.
func ParseReply(reply []byte) (r Reply) {
	for len(reply) > 0 {
		field, kind, size := protowire.ConsumeTag(reply)
		if size < 0 {
			return r
		}
		reply = reply[size:]
		size = protowire.ConsumeFieldValue(field, kind, reply)
		if size < 0 {
			return r
		}
		switch field {
		case 1:
			code, _ := protowire.ConsumeBytes(reply)
			r.Code = string(code)
		case 5:
			r.Accepted, _ = protowire.ConsumeVarint(reply)
		case 6:
			r.Dropped, _ = protowire.ConsumeVarint(reply)
		}
		reply = reply[size:]
	}
	return r
}

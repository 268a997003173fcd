package main

import (
	"bytes"

	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/encoding/protowire"
)

const (
	broadcast       = "/protocol.PushServer/Broadcast"
	broadcastToRoom = "/protocol.PushServer/BroadcastToRoom"
)

// rawCodec leaves messages as the bytes that they are: generated code might hide what a proxy did
// to them.
type rawCodec struct{}

func (rawCodec) Name() string { return "proto" }

func (rawCodec) Marshal(v any) (mem.BufferSlice, error) {
	return mem.BufferSlice{mem.SliceBuffer(v.([]byte))}, nil
}

func (rawCodec) Unmarshal(data mem.BufferSlice, v any) error {
	*v.(*[]byte) = data.Materialize()
	return nil
}

// request encodes a BroadCastReq, or a BroadCastRoomReq where there is a room. The unknown bytes
// are appended to the request and to the Proto inside of it.
func request(id int32, room string, bodySize int, unknown []byte) []byte {
	var proto []byte
	proto = protowire.AppendTag(proto, 1, protowire.VarintType)
	proto = protowire.AppendVarint(proto, 1)
	proto = protowire.AppendTag(proto, 2, protowire.VarintType)
	proto = protowire.AppendVarint(proto, 4)
	proto = protowire.AppendTag(proto, 3, protowire.VarintType)
	proto = protowire.AppendVarint(proto, uint64(id))
	if bodySize > 0 {
		proto = protowire.AppendTag(proto, 4, protowire.BytesType)
		proto = protowire.AppendBytes(proto, bytes.Repeat([]byte{'m'}, bodySize))
	}
	proto = append(proto, unknown...)

	var all []byte
	field := protowire.Number(1)
	if room != "" {
		all = protowire.AppendTag(all, 1, protowire.BytesType)
		all = protowire.AppendString(all, room)
		field = 2
	}
	all = protowire.AppendTag(all, field, protowire.BytesType)
	all = protowire.AppendBytes(all, proto)
	return append(all, unknown...)
}

// idOf finds Proto.seq of a request to the method; 0 where there is none.
func idOf(method string, request []byte) int32 {
	field := protowire.Number(1)
	if method == broadcastToRoom {
		field = 2
	}
	id := int32(0)
	eachField(request, func(n protowire.Number, value []byte, _ uint64) {
		if n == field {
			eachField(value, func(n protowire.Number, _ []byte, number uint64) {
				if n == 3 {
					id = int32(number)
				}
			})
		}
	})
	return id
}

// eachField walks the top-level fields as far as they parse. A length-delimited field has bytes, a
// varint a number, others have neither.
func eachField(message []byte, see func(n protowire.Number, bytes []byte, number uint64)) {
	for len(message) > 0 {
		number, kind, size := protowire.ConsumeTag(message)
		if size < 0 {
			return
		}
		message = message[size:]
		size = protowire.ConsumeFieldValue(number, kind, message)
		if size < 0 {
			return
		}
		switch kind {
		case protowire.BytesType:
			value, _ := protowire.ConsumeBytes(message)
			see(number, value, 0)
		case protowire.VarintType:
			value, _ := protowire.ConsumeVarint(message)
			see(number, nil, value)
		default:
			see(number, nil, 0)
		}
		message = message[size:]
	}
}

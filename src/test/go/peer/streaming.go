package main

import (
	"errors"
	"io"

	"google.golang.org/grpc"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protowire"
)

// streaming is pushfanout.v1.Delivery.
func (n *node) streaming() *grpc.ServiceDesc {
	return &grpc.ServiceDesc{
		ServiceName: "pushfanout.v1.Delivery",
		HandlerType: (*any)(nil),
		Streams: []grpc.StreamDesc{{
			StreamName:    "Deliver",
			ClientStreams: true,
			ServerStreams: true,
			Handler:       func(_ any, stream grpc.ServerStream) error { return n.deliver(stream) },
		}},
	}
}

// deliver handles the envelopes of one stream one after the other, and acknowledges each request
// when the last of its envelopes is done.
func (n *node) deliver(stream grpc.ServerStream) error {
	handled := uint64(0)
	for {
		var request []byte
		if err := stream.RecvMsg(&request); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if handled == 0 {
			n.mu.Lock()
			n.seen.Streams++
			n.mu.Unlock()
		}
		var failures []byte
		eachField(request, func(_ protowire.Number, envelope []byte, _ uint64) {
			method, message := broadcast, []byte(nil)
			eachField(envelope, func(kind protowire.Number, value []byte, _ uint64) {
				switch kind {
				case 1:
					message = value
				case 2:
					method, message = broadcastToRoom, value
				}
			})
			if err := n.receive(stream.Context(), method, message); err != nil {
				failures = protowire.AppendTag(failures, 2, protowire.BytesType)
				failures = protowire.AppendBytes(failures, failure(handled, err))
			}
			handled++
		})
		if err := stream.Context().Err(); err != nil {
			return status.FromContextError(err).Err()
		}
		response := protowire.AppendTag(nil, 1, protowire.VarintType)
		response = protowire.AppendVarint(response, handled)
		if err := stream.SendMsg(append(response, failures...)); err != nil {
			return err
		}
	}
}

func failure(index uint64, err error) []byte {
	reason := status.Convert(err)
	all := protowire.AppendTag(nil, 1, protowire.VarintType)
	all = protowire.AppendVarint(all, index)
	all = protowire.AppendTag(all, 2, protowire.VarintType)
	all = protowire.AppendVarint(all, uint64(reason.Code()))
	all = protowire.AppendTag(all, 3, protowire.BytesType)
	return protowire.AppendString(all, reason.Message())
}

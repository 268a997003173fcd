package main

import (
	"context"
	"net"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/mem"
	"pushfanout.io/bench/internal/wire"
)

// rawCodec leaves messages as bytes.
type rawCodec struct{}

func (rawCodec) Name() string { return "proto" }

func (rawCodec) Marshal(v any) (mem.BufferSlice, error) {
	return mem.BufferSlice{mem.SliceBuffer(v.([]byte))}, nil
}

func (rawCodec) Unmarshal(data mem.BufferSlice, v any) error {
	*v.(*[]byte) = data.Materialize()
	return nil
}

// serveGrpc is a node on grpc-go.
func serveGrpc(listener net.Listener, n *node) error {
	server := grpc.NewServer(grpc.ForceServerCodecV2(rawCodec{}), grpc.MaxRecvMsgSize(100<<20))
	server.RegisterService(&grpc.ServiceDesc{
		ServiceName: "protocol.PushServer",
		HandlerType: (*any)(nil),
		Methods:     []grpc.MethodDesc{{MethodName: "Broadcast", Handler: n.broadcast}},
	}, n)
	server.RegisterService(&grpc.ServiceDesc{
		ServiceName: "pushfanout.v1.Delivery",
		HandlerType: (*any)(nil),
		Streams:     []grpc.StreamDesc{{StreamName: "Deliver", Handler: n.deliver, ClientStreams: true, ServerStreams: true}},
	}, n)
	return server.Serve(listener)
}

func (n *node) broadcast(_ any, _ context.Context, decode func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
	var request []byte
	if err := decode(&request); err != nil {
		return nil, err
	}
	n.arrived(time.Now().UnixNano(), wire.Stamp(request))
	return wire.OK, nil
}

func (n *node) deliver(_ any, stream grpc.ServerStream) error {
	for handled := uint64(0); ; {
		var message []byte
		if err := stream.RecvMsg(&message); err != nil {
			return nil // the manager has ended it
		}
		if err := wire.Envelopes(message, func(request []byte) {
			n.arrived(time.Now().UnixNano(), wire.Stamp(request))
			handled++
		}); err != nil {
			return err
		}
		if err := stream.SendMsg(wire.Acknowledge(handled)); err != nil {
			return err
		}
	}
}

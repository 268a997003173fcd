package main

import (
	"context"
	"net"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"pushfanout.io/bench/internal/wire"
)

// A real client holds the handwritten server to the HTTP/2 of managers.
func connect(t *testing.T, mode string) (*node, *grpc.ClientConn, context.Context) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	n := (&arrivals{}).add()
	go modes[mode](listener, n)
	conn, err := grpc.NewClient(listener.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.ForceCodecV2(rawCodec{})))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(func() { cancel(); conn.Close(); listener.Close() })
	return n, conn, ctx
}

func forGrpcModes(t *testing.T, test func(t *testing.T, mode string)) {
	for _, mode := range []string{"lean", "grpc"} {
		t.Run(mode, func(t *testing.T) { test(t, mode) })
	}
}

func TestUnaryCallsAreCountedAndAnsweredOK(t *testing.T) {
	forGrpcModes(t, func(t *testing.T, mode string) {
		n, conn, ctx := connect(t, mode)
		for _, size := range []int{8, 100, 64 << 10, 1 << 20} {
			request, _ := wire.Request(size)
			var reply []byte
			if err := conn.Invoke(ctx, wire.Broadcast, request, &reply); err != nil {
				t.Fatal(err)
			}
			if r := wire.ParseReply(reply); r.Code != "0" {
				t.Errorf("the reply is %+v", r)
			}
		}
		if got := n.arrivals.stats()["messages"].(uint64); got != 4 {
			t.Errorf("%d messages counted of 4", got)
		}
	})
}

func TestEveryEnvelopeOfAStreamIsCountedAndAcknowledged(t *testing.T) {
	forGrpcModes(t, func(t *testing.T, mode string) {
		n, conn, ctx := connect(t, mode)
		stream, err := conn.NewStream(ctx, &grpc.StreamDesc{ClientStreams: true, ServerStreams: true}, wire.Deliver)
		if err != nil {
			t.Fatal(err)
		}
		small, _ := wire.Request(100)
		large, _ := wire.Request(300 << 10)
		const rounds = 100 // more than any window holds
		go func() {
			for range rounds {
				stream.SendMsg(wire.DeliverRequest(small, large, small))
			}
			stream.CloseSend()
		}()
		acknowledged := uint64(0)
		for acknowledged < 3*rounds {
			var response []byte
			if err := stream.RecvMsg(&response); err != nil {
				t.Fatalf("after %d: %v", acknowledged, err)
			}
			acknowledged = wire.Acknowledged(response)
		}
		if got := n.arrivals.stats()["messages"].(uint64); acknowledged != 3*rounds || got != 3*rounds {
			t.Errorf("%d acknowledged, %d counted of %d", acknowledged, got, 3*rounds)
		}
	})
}

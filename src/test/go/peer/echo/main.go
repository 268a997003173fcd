// Command echo is a connect-node on grpc-go that does what each message's first byte says, and
// writes a line for each message to stdout; see src/test/interop.md.
package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"flag"
	"fmt"
	"net"
	"os"
	"strings"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// raw leaves messages as the bytes that they are.
type raw struct{}

func (raw) Name() string { return "proto" }

func (raw) Marshal(v any) (mem.BufferSlice, error) {
	return mem.BufferSlice{mem.SliceBuffer(v.([]byte))}, nil
}

func (raw) Unmarshal(data mem.BufferSlice, v any) error {
	*v.(*[]byte) = data.Materialize()
	return nil
}

var (
	okReply = []byte{0x0a, 1, '0'}
	refused = status.Error(codes.FailedPrecondition, "no room « 7 » 100%")
	stdout  sync.Mutex
)

func say(format string, values ...any) {
	stdout.Lock()
	defer stdout.Unlock()
	fmt.Printf(format+"\n", values...)
}

func act(ctx context.Context, message []byte) (any, error) {
	say("call %d %x", len(message), sha256.Sum256(message))
	if len(message) == 0 {
		return okReply, nil
	}
	switch message[0] {
	case 'L':
		return make([]byte, 1<<20), nil
	case 'E':
		return nil, refused
	case 'T':
		return nil, status.Error(codes.FailedPrecondition, strings.Repeat("x", 20_000))
	case 'H':
		grpc.SendHeader(ctx, metadata.MD{})
		return nil, refused
	case 'W':
		<-ctx.Done()
		say("cancelled")
		return nil, status.FromContextError(ctx.Err()).Err()
	case 'S':
		time.Sleep(500 * time.Millisecond)
	}
	return okReply, nil
}

func main() {
	port := flag.Int("port", 0, "the port on 127.0.0.1")
	cert := flag.String("cert", "", "PEM, for TLS")
	key := flag.String("key", "", "PEM, for TLS")
	flag.Parse()
	options := []grpc.ServerOption{grpc.ForceServerCodecV2(raw{}), grpc.MaxRecvMsgSize(16 << 20)}
	if *cert != "" {
		tls, err := credentials.NewServerTLSFromFile(*cert, *key)
		exitOn(err)
		options = append(options, grpc.Creds(tls))
	}
	server := grpc.NewServer(options...)
	server.RegisterService(&grpc.ServiceDesc{
		ServiceName: "protocol.PushServer",
		HandlerType: (*any)(nil),
		Methods: []grpc.MethodDesc{{
			MethodName: "Broadcast",
			Handler: func(_ any, ctx context.Context, decode func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
				var message []byte
				if err := decode(&message); err != nil {
					return nil, err
				}
				return act(ctx, message)
			},
		}},
		Streams: []grpc.StreamDesc{{
			StreamName:    "BroadcastToRoom",
			ClientStreams: true,
			Handler: func(_ any, stream grpc.ServerStream) error {
				time.Sleep(300 * time.Millisecond)
				var message []byte
				if err := stream.RecvMsg(&message); err != nil {
					return err
				}
				say("call %d %x", len(message), sha256.Sum256(message))
				return stream.SendMsg(okReply)
			},
		}},
	}, nil)
	listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", *port))
	exitOn(err)
	go server.Serve(listener)
	say("listening")
	if bufio.NewScanner(os.Stdin).Scan() {
		server.GracefulStop()
		say("stopped")
	}
}

func exitOn(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "echo:", err)
		os.Exit(1)
	}
}

package main

import (
	"context"
	"fmt"
	"net"
	"sync"
	"syscall"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/keepalive"
)

// listening is a node's gRPC server, which can go away and come back on its port.
type listening struct {
	lock   sync.Mutex
	addr   string
	server *grpc.Server // nil while stopped
	guard  int          // a socket that keeps the port while stopped
}

const noGuard = -1

// okReply is what a connect-node answers: code "0", msg "OK".
var okReply = []byte{0x0a, 1, '0', 0x12, 2, 'O', 'K'}

// start listens on addr, or on the port of the last time.
func (n *node) start(addr string) error {
	n.lock.Lock()
	defer n.lock.Unlock()
	if n.server != nil {
		return fmt.Errorf("%s listens already", n.addr)
	}
	if n.addr != "" {
		addr = n.addr
		n.releasePort()
	}
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	n.addr = listener.Addr().String()
	options := []grpc.ServerOption{
		grpc.ForceServerCodecV2(rawCodec{}),
		grpc.KeepaliveParams(keepalive.ServerParameters{MaxConnectionAge: n.maxAge}),
	}
	if n.tlsDir != "" {
		options = append(options, grpc.Creds(liveTLS(n.tlsDir)))
	}
	n.server = grpc.NewServer(options...)
	n.server.RegisterService(&grpc.ServiceDesc{
		ServiceName: "protocol.PushServer",
		HandlerType: (*any)(nil),
		Methods:     []grpc.MethodDesc{n.method("Broadcast"), n.method("BroadcastToRoom")},
	}, n)
	if n.streams {
		n.server.RegisterService(n.streaming(), n)
	}
	go n.server.Serve(listener)
	return nil
}

func (n *node) method(name string) grpc.MethodDesc {
	return grpc.MethodDesc{
		MethodName: name,
		Handler: func(_ any, ctx context.Context, decode func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
			var message []byte
			if err := decode(&message); err != nil {
				return nil, err
			}
			if err := n.receive(ctx, "/protocol.PushServer/"+name, message); err != nil {
				return nil, err
			}
			return okReply, nil
		},
	}
}

// stop goes away: gracefully with GOAWAY and the answers of what is in flight, hard without a word.
func (n *node) stop(graceful bool) error {
	n.lock.Lock()
	defer n.lock.Unlock()
	if n.server == nil {
		return fmt.Errorf("%s does not listen", n.addr)
	}
	if graceful {
		// A call that is held would keep it for ever.
		giveUp := time.AfterFunc(10*time.Second, n.server.Stop)
		n.server.GracefulStop()
		giveUp.Stop()
	} else {
		n.server.Stop()
	}
	n.server = nil
	n.holdPort()
	return nil
}

// holdPort binds the port without listening: a dialler is refused, and the system gives the port
// to nobody else. Without it a client that dials the port from the same range of ports may even
// connect to itself.
func (n *node) holdPort() {
	n.guard = noGuard
	tcp, err := net.ResolveTCPAddr("tcp4", n.addr)
	if err != nil {
		return
	}
	guard, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err != nil {
		return
	}
	syscall.SetsockoptInt(guard, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1)
	if err := syscall.Bind(guard, &syscall.SockaddrInet4{Port: tcp.Port, Addr: [4]byte(tcp.IP.To4())}); err != nil {
		syscall.Close(guard)
		return
	}
	n.guard = guard
}

func (n *node) releasePort() {
	if n.guard != noGuard {
		syscall.Close(n.guard)
		n.guard = noGuard
	}
}

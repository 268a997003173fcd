package main

import (
	"context"
	"flag"
	"net"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"pushfanout.io/examples/connect-node/protocol"
)

// seedClient is the original design's client of one node: a channel as its queue, and goroutines
// that take from it and call; each waits for its answer.
type seedClient struct {
	node  protocol.PushServerClient
	queue chan *protocol.BroadCastReq
}

const seedCallTimeout = 5 * time.Second

func newSeedClient(address string, transport credentials.TransportCredentials, workers, queueSize int) (*seedClient, error) {
	conn, err := grpc.NewClient("passthrough:///"+address, grpc.WithTransportCredentials(transport))
	if err != nil {
		return nil, err
	}
	conn.Connect()
	c := &seedClient{protocol.NewPushServerClient(conn), make(chan *protocol.BroadCastReq, queueSize)}
	for range workers {
		go c.work()
	}
	return c, nil
}

func (c *seedClient) work() {
	for request := range c.queue {
		ctx, cancel := context.WithTimeout(context.Background(), seedCallTimeout)
		c.node.Broadcast(ctx, request) // a failed message is lost, as in the original
		cancel()
	}
}

// seedServer answers OK for every outcome of the queues, which is the original design's known fault.
type seedServer struct {
	protocol.UnimplementedPushServerServer
	clients []*seedClient
}

func (s *seedServer) Broadcast(_ context.Context, request *protocol.BroadCastReq) (*protocol.BroadCastReply, error) {
	for _, c := range s.clients {
		select {
		case c.queue <- request:
		default: // full: dropped
		}
	}
	return &protocol.BroadCastReply{Code: "0", Msg: "OK"}, nil
}

func seed(args []string) error {
	flags := flag.NewFlagSet("seed", flag.ExitOnError)
	nodes := flags.String("nodes", "", "host:port,... of the connect-nodes")
	workers := flags.Int("workers", 50, "goroutines for each node")
	queue := flags.Int("queue", 1000, "messages that wait for each node")
	certificate := flags.String("certificate", "", "directory of fanbench certificate: TLS to callers and nodes")
	flags.Parse(args)

	toNodes, toCallers, err := seedTransport(*certificate)
	if err != nil {
		return err
	}
	server := &seedServer{}
	for address := range strings.SplitSeq(*nodes, ",") {
		client, err := newSeedClient(address, toNodes, *workers, *queue)
		if err != nil {
			return err
		}
		server.clients = append(server.clients, client)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	grpcServer := grpc.NewServer(grpc.MaxRecvMsgSize(100<<20), grpc.Creds(toCallers))
	protocol.RegisterPushServerServer(grpcServer, server)
	go grpcServer.Serve(listener)
	freeMemoryWhenAsked()
	return untilStdinEnds(map[string]any{"grpc": listener.Addr().String()})
}

// seedTransport returns the transport to nodes and that to callers: plain text without a certificate.
func seedTransport(certificate string) (toNodes, toCallers credentials.TransportCredentials, err error) {
	if certificate == "" {
		return insecure.NewCredentials(), insecure.NewCredentials(), nil
	}
	client, err := clientTLS(certificate)
	if err != nil {
		return nil, nil, err
	}
	server, err := serverTLS(certificate)
	if err != nil {
		return nil, nil, err
	}
	return credentials.NewTLS(client), credentials.NewTLS(server), nil
}

// freeMemoryWhenAsked returns unused memory to the system at SIGUSR1, before a measurement.
func freeMemoryWhenAsked() {
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGUSR1)
	go func() {
		for range asked {
			debug.FreeOSMemory()
		}
	}()
}

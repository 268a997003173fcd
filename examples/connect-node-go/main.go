// A connect-node: it takes broadcasts over gRPC and registers itself in etcd.
//
//	connect-node [-listen 127.0.0.1:50052] [-etcd http://127.0.0.1:2379] [-service connect-node]
//	             [-rooms red,blue]
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	delivery "pushfanout.io/examples/connect-node/delivery"
	interest "pushfanout.io/examples/connect-node/interest"
	"pushfanout.io/examples/connect-node/protocol"
)

const (
	ttl     = 10 * time.Second
	timeout = 3 * time.Second
)

type pushServer struct {
	protocol.UnimplementedPushServerServer
	recent *recentMessages
}

// Broadcast reaches every user of this node. Here it is printed; a real node writes to its sockets,
// and answers once the message is in its own buffers, not when the last user has it.
func (s pushServer) Broadcast(ctx context.Context, req *protocol.BroadCastReq) (*protocol.BroadCastReply, error) {
	s.toAll(messageID(ctx), req)
	return &protocol.BroadCastReply{Code: "0", Msg: "OK"}, nil
}

// BroadcastToRoom reaches the users of one room: roomId's, whatever proto.roomid is.
func (s pushServer) BroadcastToRoom(ctx context.Context, req *protocol.BroadCastRoomReq) (*protocol.BroadCastReply, error) {
	s.toRoom(messageID(ctx), req)
	return &protocol.BroadCastReply{Code: "0", Msg: "OK"}, nil
}

func (s pushServer) toAll(id string, req *protocol.BroadCastReq) {
	if !s.recent.isDouble(id, req) {
		fmt.Printf("all: %s\n", req.GetProto().GetBody())
	}
}

func (s pushServer) toRoom(id string, req *protocol.BroadCastRoomReq) {
	if !s.recent.isDouble(id, req) {
		fmt.Printf("room %s: %s\n", req.GetRoomId(), req.GetProto().GetBody())
	}
}

// register keeps the key in etcd until the context ends. Whatever goes wrong, it begins anew.
func register(ctx context.Context, etcd *clientv3.Client, service, address string) {
	for ctx.Err() == nil {
		if err := hold(ctx, etcd, "/services/"+service+"/"+address, address); err != nil {
			log.Printf("not registered for now: %v", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
}

// hold keeps the key under a lease; it returns when either is lost, or cannot be kept.
func hold(ctx context.Context, etcd *clientv3.Client, key, address string) error {
	lease, err := put(ctx, etcd, key, address)
	if err != nil {
		return err
	}
	for {
		select {
		case <-ctx.Done():
			// Removes the key, so that the servers need not wait for the end of the lease.
			bounded, cancel := context.WithTimeout(context.Background(), timeout)
			defer cancel()
			_, err := etcd.Revoke(bounded, lease)
			return err
		case <-time.After(ttl / 3):
			if err := keep(ctx, etcd, key, lease); err != nil {
				return err
			}
		}
	}
}

func put(ctx context.Context, etcd *clientv3.Client, key, address string) (clientv3.LeaseID, error) {
	bounded, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	lease, err := etcd.Grant(bounded, int64(ttl.Seconds()))
	if err != nil {
		return 0, err
	}
	_, err = etcd.Put(bounded, key, address, clientv3.WithLease(lease.ID))
	return lease.ID, err
}

func keep(ctx context.Context, etcd *clientv3.Client, key string, lease clientv3.LeaseID) error {
	bounded, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	if _, err := etcd.KeepAliveOnce(bounded, lease); err != nil {
		return err
	}
	found, err := etcd.Get(bounded, key, clientv3.WithCountOnly())
	if err == nil && found.Count == 0 {
		err = fmt.Errorf("%s was deleted", key)
	}
	return err
}

type deliveryServer struct {
	delivery.UnimplementedDeliveryServer
	calls pushServer
}

// Deliver does what the calls do, for the envelopes of one stream one after the other.
func (s deliveryServer) Deliver(stream grpc.BidiStreamingServer[delivery.DeliverRequest, delivery.DeliverResponse]) error {
	handled := uint64(0)
	for {
		request, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		response := &delivery.DeliverResponse{}
		for _, envelope := range request.GetEnvelopes() {
			if err := s.handle(envelope); err != nil {
				failure := status.Convert(err)
				response.Failures = append(response.Failures, &delivery.Failure{
					Index: handled, Code: int32(failure.Code()), Message: failure.Message()})
			}
			handled++
		}
		response.Acknowledged = handled
		if err := stream.Send(response); err != nil {
			return err
		}
	}
}

func (s deliveryServer) handle(envelope *delivery.Envelope) error {
	toAll, toRoom := &protocol.BroadCastReq{}, &protocol.BroadCastRoomReq{}
	if room := envelope.GetBroadcastToRoom(); room != nil {
		if err := proto.Unmarshal(room, toRoom); err != nil {
			return status.Error(codes.InvalidArgument, err.Error())
		}
		s.calls.toRoom(envelope.GetMessageId(), toRoom)
		return nil
	}
	if err := proto.Unmarshal(envelope.GetBroadcast(), toAll); err != nil {
		return status.Error(codes.InvalidArgument, err.Error())
	}
	s.calls.toAll(envelope.GetMessageId(), toAll)
	return nil
}

func main() {
	listen := flag.String("listen", "127.0.0.1:50052", "where broadcasts are delivered, as it is registered")
	endpoint := flag.String("etcd", "http://127.0.0.1:2379", "an etcd endpoint")
	service := flag.String("service", "connect-node", "the service to register as")
	rooms := flag.String("rooms", "", "the rooms to list, with commas between; without them every message comes")
	flag.Parse()

	listener, err := net.Listen("tcp", *listen)
	if err != nil {
		log.Fatal(err)
	}
	etcd, err := clientv3.New(clientv3.Config{Endpoints: []string{*endpoint}, DialTimeout: timeout})
	if err != nil {
		log.Fatal(err)
	}
	server := grpc.NewServer(
		grpc.MaxRecvMsgSize(100<<20),
		// PushFanout pings rarely; this policy permits more frequent pings.
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: 20 * time.Second}))
	calls := pushServer{recent: &recentMessages{known: map[messageKey]bool{}}}
	protocol.RegisterPushServerServer(server, calls)
	delivery.RegisterDeliveryServer(server, deliveryServer{calls: calls})
	if *rooms != "" {
		interest.RegisterInterestServer(server, interestServer{rooms: strings.Split(*rooms, ",")})
	}

	stop, _ := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	left := make(chan struct{})
	go func() {
		register(stop, etcd, *service, listener.Addr().String())
		close(left)
	}()
	go func() {
		<-stop.Done()
		// The servers stop sending first, then the calls end, then the connections.
		<-left
		time.Sleep(time.Second)
		server.GracefulStop()
	}()
	if err := server.Serve(listener); err != nil {
		log.Fatal(err)
	}
}

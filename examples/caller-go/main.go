// A caller that repeats a message until each node has taken it.
package main

import (
	"cmp"
	"context"
	"fmt"
	"log"
	"math/rand/v2"
	"os"
	"strings"
	"time"

	"github.com/google/uuid"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"pushfanout.io/examples/caller/pb"
)

const attempts, deadline = 10, 5 * time.Second

type caller struct {
	replicas []pb.PushServerClient
	turn     int
}

func (c *caller) send(request *pb.BroadCastReq) (*pb.BroadCastReply, error) {
	headers := metadata.Pairs("pushfanout-message-id", uuid.NewString())
	if target := os.Getenv("PUSHFANOUT_TARGET"); target != "" {
		headers.Set("pushfanout-target", target)
	}
	for attempt := 1; ; attempt++ {
		reply, err := c.attempt(headers, request)
		pause := rand.N(min(100*time.Millisecond<<attempt, 5*time.Second))
		again := status.Code(err) == codes.Unavailable || reply.GetCode() == "1" || reply.GetCode() == "2"
		for _, detail := range status.Convert(err).Details() {
			if info, ok := detail.(*errdetails.RetryInfo); ok {
				pause, again = info.GetRetryDelay().AsDuration(), true
			}
		}
		if !again || attempt == attempts {
			return reply, err
		}
		// A reply names at most 100 nodes. When more have dropped the message, all nodes get it again.
		if reply.GetCode() == "1" && int(reply.Dropped) == len(reply.DroppedNodes) {
			headers.Set("pushfanout-nodes", strings.Join(reply.DroppedNodes, ","))
		}
		time.Sleep(pause)
	}
}

func (c *caller) attempt(headers metadata.MD, request *pb.BroadCastReq) (*pb.BroadCastReply, error) {
	// Another process may renew the token at any time.
	if token, err := os.ReadFile(os.Getenv("PUSHFANOUT_TOKEN_FILE")); err == nil {
		headers.Set("authorization", "Bearer "+strings.TrimSpace(string(token)))
	}
	ctx, cancel := context.WithTimeout(metadata.NewOutgoingContext(context.Background(), headers), deadline)
	defer cancel()
	replica := c.replicas[c.turn%len(c.replicas)]
	c.turn++
	return replica.Broadcast(ctx, request)
}

func main() {
	log.SetFlags(0)
	caller := &caller{}
	for address := range strings.SplitSeq(cmp.Or(os.Getenv("PUSHFANOUT_TO"), "127.0.0.1:50053"), ",") {
		connection, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
		if err != nil {
			log.Fatal(err)
		}
		caller.replicas = append(caller.replicas, pb.NewPushServerClient(connection))
	}
	reply, err := caller.send(&pb.BroadCastReq{Proto: &pb.Proto{Body: []byte(os.Args[1])}})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s: %s\n", reply.Msg, reply.Desc)
	if reply.Code != "0" {
		os.Exit(1)
	}
}

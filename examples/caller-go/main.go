// A caller that repeats a message until each node has taken it.
package main

import (
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

func send(replicas []pb.PushServerClient, request *pb.BroadCastReq) (reply *pb.BroadCastReply, err error) {
	headers := metadata.MD{"pushfanout-message-id": {uuid.NewString()}, "pushfanout-target": strings.Fields(os.Getenv("PUSHFANOUT_TARGET"))}
	again, pause, turn := true, time.Duration(0), rand.IntN(len(replicas))
	for attempt := 1; attempt <= 10 && (again || reply.GetDropped() > 0); attempt++ {
		time.Sleep(pause)
		token, _ := os.ReadFile(os.Getenv("PUSHFANOUT_TOKEN_FILE")) // Another process may renew it at any time.
		headers.Set("authorization", "Bearer "+strings.TrimSpace(string(token)))
		ctx := metadata.NewOutgoingContext(context.Background(), headers)
		reply, err = replicas[(turn+attempt)%len(replicas)].Broadcast(ctx, request)
		again, pause = status.Code(err) == codes.Unavailable, rand.N(min(100*time.Millisecond<<attempt, 5*time.Second))
		for _, detail := range status.Convert(err).Details() {
			if info, ok := detail.(*errdetails.RetryInfo); ok {
				again, pause = true, info.GetRetryDelay().AsDuration()
			}
		}
		if reply.GetCode() == "1" && reply.Dropped <= 100 { // With more, all nodes get it: a reply names 100.
			headers.Set("pushfanout-nodes", strings.Join(reply.DroppedNodes, ","))
		}
	}
	return reply, err
}

func main() {
	var replicas []pb.PushServerClient
	for address := range strings.SplitSeq(os.Getenv("PUSHFANOUT_TO"), ",") {
		connection, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()),
			grpc.WithDefaultServiceConfig(`{"methodConfig": [{"name": [{}], "timeout": "5s"}]}`))
		if err != nil {
			log.Fatal(err)
		}
		replicas = append(replicas, pb.NewPushServerClient(connection))
	}
	reply, err := send(replicas, &pb.BroadCastReq{Proto: &pb.Proto{Body: []byte(os.Args[1])}})
	if err != nil || reply.Code != "0" {
		log.Fatal(reply.GetDesc(), status.Convert(err).Message())
	}
	fmt.Println("OK:", reply.Desc)
}

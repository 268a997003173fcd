package main

import (
	"errors"
	"io"
	"time"

	"google.golang.org/grpc"

	interest "pushfanout.io/examples/connect-node/interest"
)

// An update every two seconds shows that the node is there.
const beat = 2 * time.Second

type interestServer struct {
	interest.UnimplementedInterestServer
	rooms []string
}

// Rooms lists the rooms, until PushFanout ends its side. Here they never change; a real node sends
// an update for each room that gains its first user or loses its last one, and answers its user when
// an update with that version or a later one is applied.
func (s interestServer) Rooms(stream grpc.BidiStreamingServer[interest.RoomsApplied, interest.RoomsUpdate]) error {
	ended := make(chan error, 1)
	go func() {
		for {
			if _, err := stream.Recv(); err != nil {
				ended <- err
				return
			}
		}
	}()
	update := &interest.RoomsUpdate{Version: 1, Reset_: true, Join: s.rooms, Complete: true}
	for {
		if err := stream.Send(update); err != nil {
			return err
		}
		select {
		case err := <-ended:
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		case <-time.After(beat):
			update = &interest.RoomsUpdate{Version: update.Version + 1}
		}
	}
}

package main

import (
	"context"
	"crypto/tls"
	"net"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"pushfanout.io/bench/internal/wire"
)

const testToken = "a-token"

// manager is a real gRPC server that answers like a manager.
type manager struct {
	arrived *node
	tokens  []string
	hold    chan struct{} // closed: calls are answered
}

func (m *manager) broadcast(_ any, ctx context.Context, decode func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
	var request []byte
	if err := decode(&request); err != nil {
		return nil, err
	}
	<-m.hold
	headers, _ := metadata.FromIncomingContext(ctx)
	m.arrived.arrivals.mu.Lock()
	m.tokens = append(m.tokens, headers.Get("authorization")...)
	m.arrived.arrivals.mu.Unlock()
	m.arrived.arrived(time.Now().UnixNano(), wire.Stamp(request))
	return append(wire.OK[:len(wire.OK):len(wire.OK)], 0x28, 3, 0x30, 1), nil // 3 accepted, 1 dropped
}

func startManager(t *testing.T, secure *tls.Config, options ...grpc.ServerOption) (*manager, string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	if secure != nil {
		listener = tls.NewListener(listener, secure)
	}
	m := &manager{arrived: (&arrivals{}).add(), hold: make(chan struct{})}
	server := grpc.NewServer(append(options, grpc.ForceServerCodecV2(rawCodec{}), grpc.MaxRecvMsgSize(100<<20))...)
	server.RegisterService(&grpc.ServiceDesc{
		ServiceName: "protocol.PushServer",
		HandlerType: (*any)(nil),
		Methods:     []grpc.MethodDesc{{MethodName: "Broadcast", Handler: m.broadcast}},
	}, m)
	go server.Serve(listener)
	t.Cleanup(server.Stop)
	return m, address
}

func (m *manager) count() uint64 { return m.arrived.arrivals.stats()["messages"].(uint64) }

func TestEveryCallOfAnOpenLoopIsMadeAndCounted(t *testing.T) {
	for _, size := range []int{8, 100, 64 << 10, 1 << 20} {
		m, address := startManager(t, nil)
		close(m.hold)
		outcomes, err := drive(loadOptions{to: address, rate: 100, duration: 200 * time.Millisecond, size: size, connections: 3})
		if err != nil {
			t.Fatal(err)
		}
		if outcomes.sent != 20 || outcomes.answered != 20 || m.count() != 20 || outcomes.codes["0"] != 20 {
			t.Errorf("%d bytes: %d sent, %d answered, %d arrived, codes %v, errors %v",
				size, outcomes.sent, outcomes.answered, m.count(), outcomes.codes, outcomes.errors)
		}
		if outcomes.accepted != 60 || outcomes.dropped != 20 || outcomes.latency.Micros().Count != 20 {
			t.Errorf("%d accepted, %d dropped, %v", outcomes.accepted, outcomes.dropped, outcomes.latency.Micros())
		}
		if seen := m.arrived.arrivals.latency.Micros(); seen.Count != 20 || seen.Max > 5e6 {
			t.Errorf("the stamps of %d bytes have the latencies %v", size, seen)
		}
	}
}

func TestEachAnswerOfAClosedLoopMakesRoomForACall(t *testing.T) {
	m, address := startManager(t, nil, grpc.MaxConcurrentStreams(5))
	close(m.hold)
	outcomes, err := drive(loadOptions{to: address, duration: 200 * time.Millisecond, size: 100, connections: 2, inFlight: 8})
	if err != nil {
		t.Fatal(err)
	}
	if outcomes.sent < 100 || outcomes.answered != outcomes.sent || m.count() != outcomes.sent {
		t.Errorf("%d sent, %d answered, %d arrived: %v", outcomes.sent, outcomes.answered, m.count(), outcomes.errors)
	}
}

func TestCallGivesUpWithoutAStream(t *testing.T) {
	m, address := startManager(t, nil, grpc.MaxConcurrentStreams(2))
	time.AfterFunc(patience+500*time.Millisecond, func() { close(m.hold) })
	outcomes, err := drive(loadOptions{to: address, rate: 10, duration: patience, size: 100, connections: 1})
	if err != nil {
		t.Fatal(err)
	}
	// The last calls have waited for less than the patience when the answers make room.
	if outcomes.sent != 10 || outcomes.errors[gaveUp] == 0 || outcomes.answered+outcomes.errors[gaveUp] != 10 {
		t.Errorf("%d sent, %d answered: %v", outcomes.sent, outcomes.answered, outcomes.errors)
	}
}

func TestTokenAndTLSReachTheManager(t *testing.T) {
	directory := t.TempDir()
	if err := makeCertificate([]string{directory}); err != nil {
		t.Fatal(err)
	}
	secure, err := serverTLS(directory)
	if err != nil {
		t.Fatal(err)
	}
	m, address := startManager(t, secure)
	close(m.hold)
	outcomes, err := drive(loadOptions{
		to: address, rate: 100, duration: 100 * time.Millisecond, size: 100, connections: 1, certificate: directory, token: testToken,
	})
	if err != nil {
		t.Fatal(err)
	}
	if outcomes.answered != 10 || len(m.tokens) != 10 || strings.Trim(m.tokens[9], " ") != "Bearer "+testToken {
		t.Errorf("%d answered with the tokens %v: %v", outcomes.answered, m.tokens, outcomes.errors)
	}
}

func TestCallsOfALostConnectionFail(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		conn, err := listener.Accept()
		if err == nil {
			time.Sleep(50 * time.Millisecond)
			conn.Close()
		}
	}()
	outcomes, err := drive(loadOptions{
		to: listener.Addr().String(), rate: 100, duration: 100 * time.Millisecond, size: 100, connections: 1,
	})
	if err != nil {
		t.Fatal(err)
	}
	if failed := outcomes.result(loadOptions{rate: 100})["failed"]; failed != uint64(10) {
		t.Errorf("%v of 10 calls failed: %v", failed, outcomes.errors)
	}
}

func TestDueTimesComeOutInTheirOrder(t *testing.T) {
	var waiting fifo
	next, wanted := int64(0), int64(0)
	for round := range 100 {
		waiting.add([]int64{next, next + 1, next + 2})
		next += 3
		for range round % 6 {
			if waiting.empty() {
				break
			}
			if first := waiting.first(); first != wanted || waiting.take() != wanted {
				t.Fatalf("%d came instead of %d", first, wanted)
			}
			wanted++
		}
	}
	if wanted < 100 {
		t.Error("only", wanted, "came")
	}
}

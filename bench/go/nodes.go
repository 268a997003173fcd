package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"pushfanout.io/bench/internal/hist"
	"pushfanout.io/bench/internal/wire"
)

// node counts the messages that arrive at one connect-node.
type node struct {
	messages atomic.Uint64
	arrivals *arrivals
}

// arrivals are the messages of all nodes together.
type arrivals struct {
	first, last atomic.Int64 // nanoseconds since 1970; 0 before there is one
	latency     hist.Histogram
}

// arrived counts a request with at least its first bytes.
func (n *node) arrived(request []byte) {
	now := time.Now().UnixNano()
	n.messages.Add(1)
	if n.arrivals.first.Load() == 0 {
		n.arrivals.first.CompareAndSwap(0, now)
	}
	n.arrivals.last.Store(now)
	if sent := wire.Stamp(request); sent > 0 {
		n.arrivals.latency.Add(time.Duration(now - sent))
	}
}

// modes are the implementations of a node.
var modes = map[string]func(net.Listener, *node) error{
	"lean": serveLean, // HTTP/2 written by hand: unary calls and streams
	"grpc": serveGrpc, // the same on grpc-go, like a real node
	"tcp":  serveTCP,  // a length before each request, and counts back: the minimum of work
}

// playNodes serves connect-nodes and a control port: GET /stats, POST /reset.
func playNodes(args []string) error {
	flags := flag.NewFlagSet("nodes", flag.ExitOnError)
	count := flags.Int("count", 1, "how many connect-nodes")
	mode := flags.String("mode", "lean", "lean, grpc or tcp")
	flags.Parse(args)
	serve, known := modes[*mode]
	if !known || *count < 1 || *count > 10_000 {
		return fmt.Errorf("no such nodes: %d of %s", *count, *mode)
	}
	all := &arrivals{}
	nodes := make([]*node, *count)
	addresses := make([]string, *count)
	for i := range nodes {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		nodes[i] = &node{arrivals: all}
		addresses[i] = listener.Addr().String()
		go serve(listener, nodes[i])
	}
	control, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	http.HandleFunc("GET /stats", func(w http.ResponseWriter, _ *http.Request) {
		json.NewEncoder(w).Encode(stats(nodes, all))
	})
	http.HandleFunc("POST /reset", func(http.ResponseWriter, *http.Request) { reset(nodes, all) })
	go http.Serve(control, nil)
	return untilStdinEnds(map[string]any{"nodes": addresses, "control": control.Addr().String()})
}

func stats(nodes []*node, all *arrivals) map[string]any {
	least, most, sum := nodes[0].messages.Load(), uint64(0), uint64(0)
	for _, n := range nodes {
		messages := n.messages.Load()
		least, most, sum = min(least, messages), max(most, messages), sum+messages
	}
	return map[string]any{
		"messages": sum, "least": least, "most": most,
		"firstNs": all.first.Load(), "lastNs": all.last.Load(), "latencyUs": all.latency.Micros(),
	}
}

func reset(nodes []*node, all *arrivals) {
	for _, n := range nodes {
		n.messages.Store(0)
	}
	all.first.Store(0)
	all.last.Store(0)
	all.latency.Reset()
}

// accept hands over each connection in a goroutine of its own.
func accept(listener net.Listener, serve func(net.Conn)) error {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return err
		}
		go func() {
			defer conn.Close()
			serve(conn)
		}()
	}
}

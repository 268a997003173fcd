package main

import (
	"crypto/tls"
	"encoding/json"
	"flag"
	"fmt"
	"net"
	"net/http"
	"runtime"
)

// modes are the implementations of a node.
var modes = map[string]func(net.Listener, *node) error{
	"lean": serveLean, // HTTP/2 written by hand: unary calls and streams
	"grpc": serveGrpc, // the same on grpc-go, like a real node
}

// playNodes serves connect-nodes and a control port: GET /stats, POST /reset.
func playNodes(args []string) error {
	flags := flag.NewFlagSet("nodes", flag.ExitOnError)
	count := flags.Int("count", 1, "how many connect-nodes")
	mode := flags.String("mode", "lean", "lean or grpc")
	certificate := flags.String("certificate", "", "directory of fanbench certificate: TLS")
	flags.Parse(args)
	serve, known := modes[*mode]
	if !known || *count < 1 || *count > 10_000 {
		return fmt.Errorf("no such nodes: %d of %s", *count, *mode)
	}
	if *mode != "grpc" {
		// One thread costs less than two that wake each other, and its limit is one processor.
		runtime.GOMAXPROCS(1)
	}
	var secure *tls.Config
	if *certificate != "" {
		var err error
		if secure, err = serverTLS(*certificate); err != nil {
			return err
		}
	}
	all := &arrivals{}
	addresses := make([]string, *count)
	for i := range addresses {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		addresses[i] = listener.Addr().String()
		if secure != nil {
			listener = tls.NewListener(listener, secure)
		}
		go serve(listener, all.add())
	}
	control, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	http.HandleFunc("GET /stats", func(w http.ResponseWriter, _ *http.Request) { json.NewEncoder(w).Encode(all.stats()) })
	http.HandleFunc("POST /reset", func(http.ResponseWriter, *http.Request) { all.reset() })
	go http.Serve(control, nil)
	return untilStdinEnds(map[string]any{"nodes": addresses, "control": control.Addr().String()})
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

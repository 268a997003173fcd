// Command peer plays both sides of PushFanout in another language, on another gRPC library: the
// connect-nodes that it delivers to, and the business servers that call it.
//
//	peer node --count 3              plays three connect-nodes until its stdin ends
//	peer call --to HOST:PORT ...     sends broadcasts and prints what became of them
//
// Results are JSON lines on stdout. Messages carry their id in Proto.seq, so that a body may be
// empty.
package main

import (
	"fmt"
	"os"
)

func main() {
	if len(os.Args) < 2 {
		exit(fmt.Errorf("usage: peer node|call [flags]"))
	}
	switch os.Args[1] {
	case "node":
		exit(playNodes(os.Args[2:]))
	case "call":
		exit(callAll(os.Args[2:]))
	default:
		exit(fmt.Errorf("no such command: %s", os.Args[1]))
	}
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "peer:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

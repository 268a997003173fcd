// Command fanbench has the programs that measure a manager, and the original design as a reference:
//
//	fanbench nodes --count 10        plays connect-nodes and counts what arrives
//	fanbench load --to HOST:PORT     calls Broadcast, at a rate or as fast as it is answered
//	fanbench seed --nodes H:P,...    the original manager
//
// Nodes and seed print one JSON line when they listen and end with their stdin, so that no process
// outlives its parent, bench/run.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
)

func main() {
	if len(os.Args) < 2 {
		exit(fmt.Errorf("usage: fanbench nodes|load|seed [flags]"))
	}
	switch os.Args[1] {
	case "nodes":
		exit(playNodes(os.Args[2:]))
	case "load":
		exit(load(os.Args[2:]))
	case "seed":
		exit(seed(os.Args[2:]))
	default:
		exit(fmt.Errorf("no such command: %s", os.Args[1]))
	}
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "fanbench:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// untilStdinEnds prints the addresses on which the program listens, and waits for the end of stdin.
func untilStdinEnds(listening map[string]any) error {
	if err := json.NewEncoder(os.Stdout).Encode(listening); err != nil {
		return err
	}
	_, err := io.Copy(io.Discard, os.Stdin)
	return err
}

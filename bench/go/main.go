// Command fanbench has the programs that measure a manager, and the original design as a reference:
//
//	fanbench nodes --count 10        plays connect-nodes and counts what arrives
//	fanbench load --to HOST:PORT     calls Broadcast, at a rate or as fast as it is answered
//	fanbench seed --nodes H:P,...    the original manager
//	fanbench busy                    keeps one processor busy
//	fanbench certificate DIR         makes a certificate for loopback
//
// Nodes, seed and busy print one JSON line when they have begun and end with their stdin, so that no
// process outlives its parent, bench/run.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
)

func main() {
	commands := map[string]func(args []string) error{
		"nodes": playNodes, "load": load, "seed": seed, "busy": busy, "certificate": makeCertificate,
	}
	if len(os.Args) < 2 {
		exit(fmt.Errorf("usage: fanbench nodes|load|seed|busy|certificate [flags]"))
	}
	command, known := commands[os.Args[1]]
	if !known {
		exit(fmt.Errorf("no such command: %s", os.Args[1]))
	}
	exit(command(os.Args[2:]))
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "fanbench:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// untilStdinEnds prints the facts of a program that has begun, such as its addresses, and waits for the end of stdin.
func untilStdinEnds(facts map[string]any) error {
	if err := json.NewEncoder(os.Stdout).Encode(facts); err != nil {
		return err
	}
	_, err := io.Copy(io.Discard, os.Stdin)
	return err
}

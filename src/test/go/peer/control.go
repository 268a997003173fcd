package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
)

// playNodes serves connect-nodes and a control port until stdin ends: who started this process has
// closed it then, or is gone.
func playNodes(args []string) error {
	flags := flag.NewFlagSet("node", flag.ExitOnError)
	count := flags.Int("count", 1, "how many connect-nodes")
	host := flags.String("host", "127.0.0.1", "the address that they listen on")
	ports := flags.String("ports", "", "the port of each, with commas; none lets the system choose")
	detail := flags.String("record", "ids", "what is kept of a message: its id (ids), or all about its call (calls)")
	streams := flags.Bool("streams", false, "implement streaming delivery, pushfanout.v1.Delivery, too")
	tlsDir := flags.String("tls", "", "speak TLS by tls.crt and tls.key here, to clients of ca.crt alone; read for each connection")
	maxAge := flags.Duration("max-age", 0, "ask for another connection in place of one of this age; 0 is never")
	stopped := flags.Bool("stopped", false, "take ports, but do not listen before told to")
	flags.Parse(args)
	if *count < 1 || *count > 1000 {
		return fmt.Errorf("--count must be from 1 to 1000")
	}

	chosen := strings.Split(*ports, ",")
	if *ports != "" && len(chosen) != *count {
		return fmt.Errorf("--ports must be as many as --count")
	}
	nodes := make([]*node, *count)
	addresses := make([]string, *count)
	for i := range nodes {
		nodes[i] = &node{
			full:     *detail == "calls",
			streams:  *streams,
			changed:  make(chan struct{}),
			failures: map[int32]int{},
			tlsDir:   *tlsDir,
			maxAge:   *maxAge,
		}
		port := "0"
		if *ports != "" {
			port = chosen[i]
		}
		if err := nodes[i].start(net.JoinHostPort(*host, port)); err != nil {
			return err
		}
		addresses[i] = nodes[i].addr
		if *stopped {
			nodes[i].stop(false)
		}
	}
	control, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	go http.Serve(control, controls(nodes))
	json.NewEncoder(os.Stdout).Encode(map[string]any{
		"nodes": addresses, "control": control.Addr().String(),
	})
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

func controls(nodes []*node) http.Handler {
	mux := http.NewServeMux()
	on := func(pattern string, act func(n *node, w http.ResponseWriter, r *http.Request) error) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			i, err := strconv.Atoi(r.PathValue("i"))
			if err != nil || i < 0 || i >= len(nodes) {
				http.Error(w, "no such node", http.StatusNotFound)
				return
			}
			if err := act(nodes[i], w, r); err != nil {
				http.Error(w, err.Error(), http.StatusConflict)
			}
		})
	}
	on("POST /nodes/{i}/behaviour", func(n *node, _ http.ResponseWriter, r *http.Request) error {
		var rules behaviour
		if err := json.NewDecoder(r.Body).Decode(&rules); err != nil {
			return err
		}
		n.behave(rules)
		return nil
	})
	on("POST /nodes/{i}/stop", func(n *node, _ http.ResponseWriter, r *http.Request) error {
		return n.stop(r.FormValue("how") == "graceful")
	})
	on("POST /nodes/{i}/start", func(n *node, _ http.ResponseWriter, _ *http.Request) error {
		return n.start("")
	})
	on("GET /nodes/{i}/record", func(n *node, w http.ResponseWriter, _ *http.Request) error {
		return json.NewEncoder(w).Encode(n.snapshot())
	})
	// To wait for a number is asked often, and needs no list.
	on("GET /nodes/{i}/received", func(n *node, w http.ResponseWriter, _ *http.Request) error {
		n.mu.Lock()
		defer n.mu.Unlock()
		_, err := fmt.Fprint(w, n.seen.Received)
		return err
	})
	on("GET /nodes/{i}/open", func(n *node, w http.ResponseWriter, _ *http.Request) error {
		n.mu.Lock()
		defer n.mu.Unlock()
		_, err := fmt.Fprint(w, n.seen.Open)
		return err
	})
	return mux
}

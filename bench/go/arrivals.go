package main

import (
	"sync"
	"time"

	"pushfanout.io/bench/internal/hist"
)

// node counts the messages that arrive at one connect-node.
type node struct {
	arrivals *arrivals
	messages uint64 // guarded by the arrivals
}

// arrivals are the messages of all nodes together.
type arrivals struct {
	mu          sync.Mutex
	nodes       []*node
	first, last int64 // nanoseconds since 1970; 0 before there is one
	latency     hist.Histogram
}

// add returns another node.
func (a *arrivals) add() *node {
	n := &node{arrivals: a}
	a.nodes = append(a.nodes, n)
	return n
}

// arrived counts the messages of one read, by their sending times, or 0 for an unknown one.
func (n *node) arrived(at int64, sent ...int64) {
	if len(sent) == 0 {
		return
	}
	a := n.arrivals
	a.mu.Lock()
	defer a.mu.Unlock()
	n.messages += uint64(len(sent))
	if a.first == 0 {
		a.first = at
	}
	a.last = max(a.last, at)
	for _, began := range sent {
		if began > 0 {
			a.latency.Add(time.Duration(at - began))
		}
	}
}

func (a *arrivals) stats() map[string]any {
	a.mu.Lock()
	defer a.mu.Unlock()
	least, most, sum := a.nodes[0].messages, uint64(0), uint64(0)
	for _, n := range a.nodes {
		least, most, sum = min(least, n.messages), max(most, n.messages), sum+n.messages
	}
	return map[string]any{
		"messages": sum, "least": least, "most": most, "firstNs": a.first, "lastNs": a.last, "latencyUs": a.latency.Micros(),
	}
}

func (a *arrivals) reset() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, n := range a.nodes {
		n.messages = 0
	}
	a.first, a.last, a.latency = 0, 0, hist.Histogram{}
}

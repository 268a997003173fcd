package main

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
)

const (
	longest        = 10 * time.Minute
	mostCalls      = 5_000_000
	mostConcurrent = 10_000
)

// reconnect finds a replica that is back within a second, where the default may wait for minutes.
var reconnect = grpc.ConnectParams{
	Backoff:           backoff.Config{BaseDelay: 100 * time.Millisecond, Multiplier: 1.6, Jitter: 0.2, MaxDelay: time.Second},
	MinConnectTimeout: 20 * time.Second,
}

// callAll sends broadcasts and prints a summary. It ends by itself: after a number of calls, a
// time, the first UNAVAILABLE or SIGTERM, whatever comes first, and then the last answers.
func callAll(args []string) error {
	flags := flag.NewFlagSet("call", flag.ExitOnError)
	to := flags.String("to", "", "host:port of the server, or of each replica, with commas: they take turns")
	c := newCaller(flags)
	replies := flags.String("replies", "", "a file for one JSON line for each call")
	flags.Parse(args)
	if err := c.check(); err != nil {
		return err
	}
	for replica := range strings.SplitSeq(*to, ",") {
		for range max(1, c.connections) {
			conn, err := grpc.NewClient(replica, grpc.WithTransportCredentials(insecure.NewCredentials()),
				grpc.WithConnectParams(reconnect),
				grpc.WithDefaultCallOptions(grpc.ForceCodecV2(rawCodec{})))
			if err != nil {
				return err
			}
			defer conn.Close()
			c.conns = append(c.conns, conn)
		}
	}

	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer cancel()
	if c.duration > 0 {
		ctx, cancel = context.WithTimeout(ctx, c.duration)
		defer cancel()
	}
	since := time.Now()
	if c.rate > 0 {
		c.openLoop(ctx)
	} else {
		c.closedLoop(ctx)
	}
	took := time.Since(since)
	if *replies != "" {
		if err := writeReplies(*replies, c.replies); err != nil {
			return err
		}
	}
	return json.NewEncoder(os.Stdout).Encode(summary(c.replies, took))
}

// closedLoop keeps a number of calls in flight.
func (c *caller) closedLoop(ctx context.Context) {
	var workers sync.WaitGroup
	for range c.concurrency {
		workers.Go(func() {
			for id, more := c.nextID(ctx); more; id, more = c.nextID(ctx) {
				c.call(id)
			}
		})
	}
	workers.Wait()
}

// openLoop starts calls at a rate, however long their answers take.
func (c *caller) openLoop(ctx context.Context) {
	var calls sync.WaitGroup
	slots := make(chan struct{}, c.concurrency)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	started, since := 0, time.Now()
	for {
		for due := int(time.Since(since).Seconds() * c.rate); started < due; started++ {
			id, more := c.nextID(ctx)
			if !more {
				calls.Wait()
				return
			}
			slots <- struct{}{}
			calls.Go(func() {
				c.call(id)
				<-slots
			})
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
		}
		if ctx.Err() != nil {
			calls.Wait()
			return
		}
	}
}

func writeReplies(path string, replies []*reply) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	buffered := bufio.NewWriter(file)
	lines := json.NewEncoder(buffered)
	for _, r := range replies {
		if err := lines.Encode(r); err != nil {
			return err
		}
	}
	return buffered.Flush()
}

func summary(replies []*reply, took time.Duration) map[string]any {
	statuses, replyCodes := map[string]int{}, map[string]int{}
	latencies := make([]int64, 0, len(replies))
	accepted, dropped := int64(0), int64(0)
	for _, r := range replies {
		statuses[r.Status]++
		if r.Status == statusNames[codes.OK] {
			replyCodes[r.Code]++
		}
		accepted += r.Accepted
		dropped += r.Dropped
		latencies = append(latencies, r.LatencyUs)
	}
	slices.Sort(latencies)
	at := func(share float64) int64 {
		if len(latencies) == 0 {
			return 0
		}
		return latencies[int(share*float64(len(latencies)-1))]
	}
	return map[string]any{
		"calls": len(replies), "seconds": took.Seconds(),
		"statuses": statuses, "codes": replyCodes, "accepted": accepted, "dropped": dropped,
		"p50Us": at(0.5), "p99Us": at(0.99), "maxUs": at(1),
	}
}

func (c *caller) check() error {
	if c.concurrency == 0 {
		c.concurrency = 1
		if c.rate > 0 {
			c.concurrency = 2000
		}
	}
	switch {
	case c.count == 0 && c.duration == 0:
		return fmt.Errorf("--count or --for must say when to end")
	case c.count < 0 || c.count > mostCalls:
		return fmt.Errorf("--count must be at most %d", mostCalls)
	case c.duration < 0 || c.duration > longest:
		return fmt.Errorf("--for must be at most %s", longest)
	case c.concurrency < 1 || c.concurrency > mostConcurrent:
		return fmt.Errorf("--concurrency must be from 1 to %d", mostConcurrent)
	}
	return nil
}

package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"time"

	"pushfanout.io/bench/internal/wire"
)

// loadOptions are the target, the rate and the size of a load.
type loadOptions struct {
	to          string
	rate        float64
	duration    time.Duration
	size        int
	connections int
	inFlight    int
	certificate string
	token       string
}

const (
	// endWithin is the maximum time for the last answers.
	endWithin = 20 * time.Second
	// garbagePercent lets the heap, a few MiB, grow further than by Go's default.
	garbagePercent = 800
)

// load calls Broadcast and prints the outcomes. With a rate it is an open loop, and the latency of a
// call counts from its due time; without one each answer makes room for the next call.
func load(args []string) error {
	var o loadOptions
	flags := flag.NewFlagSet("load", flag.ExitOnError)
	flags.StringVar(&o.to, "to", "127.0.0.1:50053", "host:port of the manager")
	flags.Float64Var(&o.rate, "rate", 0, "calls a second; 0 is as many as are answered")
	flags.DurationVar(&o.duration, "duration", 3*time.Second, "how long calls are made")
	flags.IntVar(&o.size, "size", 100, "bytes of the body; its first 8 are the time at which the call was due")
	flags.IntVar(&o.connections, "connections", 2, "connections to the manager")
	flags.IntVar(&o.inFlight, "in-flight", 32, "without a rate: calls in flight on each connection")
	flags.StringVar(&o.certificate, "certificate", "", "directory of fanbench certificate: TLS")
	flags.StringVar(&o.token, "token", "", "token of each call")
	flags.Parse(args)
	if o.size < wire.StampSize || o.duration <= 0 || o.connections < 1 || o.inFlight < 1 || o.rate < 0 {
		return fmt.Errorf("such a load cannot be made: %+v", o)
	}
	// One thread costs less than two that wake each other, and its limit is one processor.
	runtime.GOMAXPROCS(1)
	debug.SetGCPercent(garbagePercent)
	outcomes, err := drive(o)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(outcomes.result(o))
}

// drive makes the calls and waits for their ends.
func drive(o loadOptions) (*tally, error) {
	callers := make([]*caller, o.connections)
	for i := range callers {
		c, err := dial(o)
		if err != nil {
			return nil, err
		}
		callers[i] = c
	}
	began := time.Now()
	if o.rate > 0 {
		openLoop(o, callers, began)
	} else {
		closedLoop(o, callers, began)
	}
	offered := time.Since(began)
	deadline := time.Now().Add(endWithin)
	all := newTally()
	all.began, all.offered = began.UnixNano(), offered
	for _, c := range callers {
		c.close(deadline)
		all.add(c.tally)
	}
	return all, nil
}

// openLoop releases, each millisecond, the calls that are due by then.
func openLoop(o loadOptions, callers []*caller, began time.Time) {
	calls := int(o.rate * o.duration.Seconds())
	due := make([]int64, 0, 1024)
	for next := 0; next < calls; time.Sleep(time.Until(began.Add(time.Since(began).Truncate(time.Millisecond) + time.Millisecond))) {
		end := min(calls, int(o.rate*time.Since(began).Seconds())+1)
		for i, c := range callers {
			due = due[:0]
			for call := next + i; call < end; call += len(callers) {
				due = append(due, began.Add(time.Duration(float64(call)/o.rate*float64(time.Second))).UnixNano())
			}
			if len(due) > 0 {
				c.callDue(due)
			}
		}
		next = end
	}
}

func closedLoop(o loadOptions, callers []*caller, began time.Time) {
	end := began.Add(o.duration)
	for _, c := range callers {
		c.keepInFlight(o.inFlight, end)
	}
	time.Sleep(time.Until(end))
}

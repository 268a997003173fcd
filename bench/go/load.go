package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"sync"
	"time"

	"pushfanout.io/bench/internal/hist"
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
}

// tally counts the outcomes of calls.
type tally struct {
	mu                sync.Mutex
	sent, answered    uint64
	codes             map[string]uint64
	errors            map[string]uint64
	accepted, dropped uint64
	latency           hist.Histogram
	lastSent          time.Time
}

func (t *tally) began() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.sent++
	t.lastSent = time.Now()
}

// ended counts a call that was due at that time.
func (t *tally) ended(reply []byte, failure string, due time.Time) {
	t.latency.Add(time.Since(due))
	r := wire.ParseReply(reply)
	t.mu.Lock()
	defer t.mu.Unlock()
	if failure != "" {
		t.errors[failure]++
		return
	}
	t.answered++
	t.codes[r.Code]++
	t.accepted += r.Accepted
	t.dropped += r.Dropped
}

// endWithin is the maximum time for the last answers.
const endWithin = 20 * time.Second

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
	flags.Parse(args)
	if o.size < wire.StampSize || o.duration <= 0 || o.connections < 1 || o.inFlight < 1 || o.rate < 0 {
		return fmt.Errorf("such a load cannot be made: %+v", o)
	}

	t := &tally{codes: map[string]uint64{}, errors: map[string]uint64{}}
	callers := make([]*caller, o.connections)
	for i := range callers {
		c, err := dial(o, t)
		if err != nil {
			return err
		}
		callers[i] = c
	}
	began := time.Now()
	if o.rate > 0 {
		openLoop(o, callers, began)
	} else {
		closedLoop(o, callers, began)
	}
	deadline := time.Now().Add(endWithin)
	for _, c := range callers {
		c.close(deadline)
	}
	return json.NewEncoder(os.Stdout).Encode(t.result(o, began))
}

// openLoop releases, each millisecond, the calls that are due by then.
func openLoop(o loadOptions, callers []*caller, began time.Time) {
	calls := int(o.rate * o.duration.Seconds())
	for next := 0; next < calls; time.Sleep(time.Until(began.Add(time.Since(began).Truncate(time.Millisecond) + time.Millisecond))) {
		due := min(calls, int(o.rate*time.Since(began).Seconds())+1)
		for ; next < due; next++ {
			at := began.Add(time.Duration(float64(next) / o.rate * float64(time.Second)))
			callers[next%len(callers)].callDue(at)
		}
		for _, c := range callers {
			c.flush()
		}
	}
}

func closedLoop(o loadOptions, callers []*caller, began time.Time) {
	end := began.Add(o.duration)
	for _, c := range callers {
		c.keepInFlight(o.inFlight, end)
	}
	time.Sleep(time.Until(end))
}

func (t *tally) result(o loadOptions, began time.Time) map[string]any {
	t.mu.Lock()
	defer t.mu.Unlock()
	seconds := t.lastSent.Sub(began).Seconds()
	if o.rate > 0 {
		// The sent calls were due within this time; late calls take longer.
		seconds = max(seconds, float64(t.sent)/o.rate)
	}
	failed := uint64(0)
	for _, n := range t.errors {
		failed += n
	}
	return map[string]any{
		"sent": t.sent, "answered": t.answered, "failed": failed, "open": t.sent - t.answered - failed,
		"codes": t.codes, "errors": t.errors, "accepted": t.accepted, "dropped": t.dropped,
		"seconds": seconds, "sentPerSecond": float64(t.sent) / max(seconds, 1e-9),
		"lastSentNs": t.lastSent.UnixNano(), "latencyUs": t.latency.Micros(),
	}
}

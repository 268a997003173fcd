package main

import (
	"syscall"
	"time"

	"pushfanout.io/bench/internal/hist"
	"pushfanout.io/bench/internal/wire"
)

// tally counts the outcomes of calls; its caller guards it.
type tally struct {
	sent, answered    uint64
	codes, errors     map[string]uint64
	accepted, dropped uint64
	latency           hist.Histogram
	began, lastSent   int64         // nanoseconds since 1970
	offered           time.Duration // for which calls were made
}

func newTally() *tally { return &tally{codes: map[string]uint64{}, errors: map[string]uint64{}} }

// ended counts a call that was due and ended at these times, with its answer or its failure.
func (t *tally) ended(due, now int64, reply wire.Reply, failure string) {
	t.latency.Add(time.Duration(now - due))
	if failure != "" {
		t.errors[failure]++
		return
	}
	t.answered++
	t.codes[reply.Code]++
	t.accepted += reply.Accepted
	t.dropped += reply.Dropped
}

func (t *tally) add(other *tally) {
	t.sent += other.sent
	t.answered += other.answered
	t.accepted += other.accepted
	t.dropped += other.dropped
	for code, n := range other.codes {
		t.codes[code] += n
	}
	for failure, n := range other.errors {
		t.errors[failure] += n
	}
	t.latency.Merge(&other.latency)
	t.lastSent = max(t.lastSent, other.lastSent)
}

func (t *tally) result(o loadOptions) map[string]any {
	seconds := float64(t.lastSent-t.began) / 1e9
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
		"offeredSeconds": t.offered.Seconds(), "lastSentNs": t.lastSent, "latencyUs": t.latency.Micros(), "cpuSeconds": cpuSeconds(),
	}
}

// cpuSeconds returns the processor time of this process.
func cpuSeconds() float64 {
	var usage syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	return float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e9
}

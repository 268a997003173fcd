// Package hist counts durations in buckets that grow with them, 3 % apart.
package hist

import (
	"math/bits"
	"time"
)

const (
	steps   = 32 // within a power of two
	stepLog = 5
)

// Histogram counts durations. Its owner guards it.
type Histogram struct {
	buckets [(64 - stepLog) * steps]uint64
	count   uint64
	longest time.Duration
}

// Add counts one duration; one below zero counts as zero.
func (h *Histogram) Add(d time.Duration) {
	d = max(d, 0)
	h.buckets[bucket(uint64(d))]++
	h.count++
	h.longest = max(h.longest, d)
}

// Merge adds the counts of another histogram.
func (h *Histogram) Merge(other *Histogram) {
	for i, n := range other.buckets {
		h.buckets[i] += n
	}
	h.count += other.count
	h.longest = max(h.longest, other.longest)
}

func bucket(ns uint64) int {
	if ns < steps {
		return int(ns)
	}
	power := bits.Len64(ns) - 1 - stepLog
	return power*steps + int(ns>>power)
}

// top is the largest duration of a bucket.
func top(bucket int) time.Duration {
	if bucket < steps {
		return time.Duration(bucket)
	}
	power := bucket/steps - 1
	return time.Duration(uint64(bucket%steps+steps+1)<<power - 1)
}

// Quantile returns the duration below which that share of all lie, or 0 for an empty histogram.
func (h *Histogram) Quantile(share float64) time.Duration {
	wanted, seen := uint64(share*float64(h.count)), uint64(0)
	for i, n := range h.buckets {
		seen += n
		if seen > wanted {
			return min(top(i), h.longest)
		}
	}
	return h.longest
}

// Summary holds microseconds, for JSON.
type Summary struct {
	Count uint64  `json:"count"`
	P50   float64 `json:"p50"`
	P99   float64 `json:"p99"`
	P999  float64 `json:"p999"`
	Max   float64 `json:"max"`
}

// Micros returns the summary.
func (h *Histogram) Micros() Summary {
	us := func(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }
	return Summary{h.count, us(h.Quantile(0.5)), us(h.Quantile(0.99)), us(h.Quantile(0.999)), us(h.longest)}
}

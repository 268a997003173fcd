package hist

import (
	"math"
	"testing"
	"time"
)

func TestQuantilesAreWithinThreePercent(t *testing.T) {
	var h, odd Histogram
	for i := 1; i <= 100_000; i++ {
		part := &h
		if i%2 == 1 {
			part = &odd
		}
		part.Add(time.Duration(i) * time.Microsecond)
	}
	h.Merge(&odd)
	for _, share := range []float64{0.001, 0.5, 0.99} {
		want := share * 100_000
		got := float64(h.Quantile(share)) / float64(time.Microsecond)
		if got < want || got > want*1.04 {
			t.Errorf("quantile %v is %v µs, want about %v", share, got, want)
		}
	}
	if h.Micros().Count != 100_000 || h.Micros().Max != 100_000 || h.Quantile(1) != 100*time.Millisecond {
		t.Errorf("the longest is %v, of %v", h.Quantile(1), h.Micros())
	}
}

func TestAnyDurationHasABucket(t *testing.T) {
	var h Histogram
	if h.Micros() != (Summary{}) {
		t.Error("an empty histogram has", h.Micros())
	}
	h.Add(-1)
	h.Add(math.MaxInt64)
	if h.Quantile(0) != 0 || h.Quantile(1) != math.MaxInt64 {
		t.Error(h.Micros())
	}
}

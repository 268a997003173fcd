package hist

import (
	"testing"
	"time"
)

func TestQuantilesAreWithinThreePercent(t *testing.T) {
	var h Histogram
	for i := 1; i <= 100_000; i++ {
		h.Add(time.Duration(i) * time.Microsecond)
	}
	for _, share := range []float64{0.001, 0.5, 0.99} {
		want := share * 100_000
		got := float64(h.Quantile(share)) / float64(time.Microsecond)
		if got < want || got > want*1.04 {
			t.Errorf("quantile %v is %v µs, want about %v", share, got, want)
		}
	}
	if h.Micros().Max != 100_000 || h.Quantile(1) != 100*time.Millisecond {
		t.Errorf("the longest is %v, of %v", h.Quantile(1), h.Micros())
	}
	h.Reset()
	if h.Micros() != (Summary{}) {
		t.Error("something is left after Reset:", h.Micros())
	}
}

package main

// fifo is a queue of due times.
type fifo struct {
	times []int64
	taken int
}

func (f *fifo) empty() bool  { return f.taken == len(f.times) }
func (f *fifo) first() int64 { return f.times[f.taken] }

func (f *fifo) add(times []int64) {
	if f.taken > len(f.times)/2 {
		f.times = append(f.times[:0], f.times[f.taken:]...)
		f.taken = 0
	}
	f.times = append(f.times, times...)
}

func (f *fifo) take() int64 {
	f.taken++
	return f.times[f.taken-1]
}

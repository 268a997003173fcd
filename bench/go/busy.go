package main

import (
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// busy computes on one processor until its stdin ends, like a neighbour of the manager.
func busy([]string) error {
	var allowed, one unix.CPUSet
	if err := unix.SchedGetaffinity(0, &allowed); err != nil {
		return err
	}
	for processor := range len(allowed) * 64 {
		if allowed.IsSet(processor) {
			one.Set(processor)
			break
		}
	}
	go func() {
		runtime.LockOSThread()
		unix.SchedSetaffinity(0, &one)
		for {
		}
	}()
	return untilStdinEnds(map[string]any{"pid": os.Getpid()})
}

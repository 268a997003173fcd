package main

import (
	"fmt"

	"pushfanout.io/bench/internal/h2"
	"pushfanout.io/bench/internal/wire"
)

// handle takes one frame of the manager.
func (c *caller) handle(f h2.Frame) error {
	switch f.Type {
	case h2.Data:
		c.data(f)
	case h2.Headers:
		block, err := f.Block()
		if err != nil {
			return err
		}
		status, err := c.status.Read(block)
		if err != nil {
			return err
		}
		if k := c.calls.Get(f.Stream); k != nil {
			k.status = status
			c.endIf(f.Has(h2.EndStream), k, "")
		}
	case h2.Reset:
		code, err := f.Number()
		if err != nil {
			return err
		}
		c.endIf(true, c.calls.Get(f.Stream), fmt.Sprint("reset with ", code))
	case h2.Settings:
		if !f.Has(h2.Ack) {
			f.EachSetting(c.set)
			c.settle()
			c.out.Frame(h2.Settings, h2.Ack, 0)
			c.sendBlocked()
		}
	case h2.Ping:
		if !f.Has(h2.Ack) {
			c.out.Frame(h2.Ping, h2.Ack, 0, f.Payload)
		}
	case h2.GoAway:
		return fmt.Errorf("GOAWAY %q", f.Payload)
	case h2.WindowUpdate:
		bytes, err := f.Number()
		if err != nil {
			return err
		}
		if f.Stream == 0 {
			c.window += int(bytes)
		} else if k := c.calls.Get(f.Stream); k != nil {
			k.window += int(bytes)
		}
		c.sendBlocked()
	}
	return nil
}

func (c *caller) settle() {
	select {
	case <-c.settled:
	default:
		close(c.settled)
	}
}

func (c *caller) data(f h2.Frame) {
	if c.consumed += len(f.Payload); c.consumed > h2.DefaultWindow/4 {
		c.out.Grant(0, c.consumed)
		c.consumed = 0
	}
	k := c.calls.Get(f.Stream)
	if k == nil {
		return
	}
	if _, whole := k.reply.take(f.Payload); whole {
		k.parsed = wire.ParseReply(k.reply.body)
	}
	c.endIf(f.Has(h2.EndStream), k, "")
}

func (c *caller) set(setting uint16, value uint32) {
	switch setting {
	case h2.MaxStreams:
		c.maxStreams = int(min(value, 1<<30))
	case h2.InitialWindow:
		c.calls.Each(func(k *call) { k.window += int(value) - c.callWindow })
		c.callWindow = int(value)
	case h2.MaxFrame:
		c.maxFrame = int(value)
	}
}

package main

import (
	"bytes"
	"encoding/binary"
	"testing"
)

func TestMessageIsWholeHoweverItIsSplit(t *testing.T) {
	var stream []byte
	texts := []string{"one", "", "a longer one"}
	for _, text := range texts {
		stream = append(binary.BigEndian.AppendUint32(append(stream, 0), uint32(len(text))), text...)
	}
	for piece := 1; piece <= len(stream); piece++ {
		var m message
		m.reset(5)
		var got []string
		for at := 0; at < len(stream); at += piece {
			data := bytes.Clone(stream[at:min(at+piece, len(stream))])
			for rest := data; len(rest) > 0; {
				var whole bool
				if rest, whole = m.take(rest); whole {
					got = append(got, string(m.body))
				}
			}
			clear(data) // the reader reuses its buffer
		}
		if len(got) != len(texts) || got[0] != "one" || got[1] != "" || got[2] != "a lon" {
			t.Errorf("in pieces of %d: %q", piece, got)
		}
	}
}

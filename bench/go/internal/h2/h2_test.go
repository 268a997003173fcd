package h2

import (
	"bytes"
	"fmt"
	"testing"
	"testing/iotest"

	"golang.org/x/net/http2/hpack"
)

func TestFramesComeOutAsTheyWentIn(t *testing.T) {
	var wire bytes.Buffer
	out := NewWriter(&wire)
	wire.WriteString(Preface)
	large := bytes.Repeat([]byte("x"), 3*DefaultMaxFrame)
	out.Settings(InitialWindow, 7)
	out.Message(1, large)
	out.Grant(3, 9)
	if err := out.Flush(); err != nil {
		t.Fatal(err)
	}

	in := NewReader(iotest.HalfReader(&wire))
	if err := in.Skip(len(Preface)); err != nil {
		t.Fatal(err)
	}
	settings, _ := in.Next()
	settings.EachSetting(func(setting uint16, value uint32) {
		if setting != InitialWindow || value != 7 {
			t.Errorf("setting %d is %d", setting, value)
		}
	})
	if data, err := in.Next(); err != nil || data.Stream != 1 || !bytes.Equal(data.Payload[5:], large) {
		t.Errorf("%d bytes of stream %d: %v", len(data.Payload), data.Stream, err)
	}
	if in.At() == 0 {
		t.Error("the read has no time")
	}
	grant, _ := in.Next()
	if n, err := grant.Number(); grant.Stream != 3 || n != 9 || err != nil {
		t.Error(grant, err)
	}
	if _, err := in.Next(); err == nil {
		t.Error("a frame after the last one")
	}
}

func TestAppendedBytesMayBePatchedUntilTheFlush(t *testing.T) {
	var wire bytes.Buffer
	out := NewWriter(&wire)
	template := []byte("abc")
	out.Append(template)[1] = 'x'
	out.Flush()
	if wire.String() != "axc" || string(template) != "abc" {
		t.Error(wire.String(), string(template))
	}
}

func TestTableHoldsStreamsWhoseSlotsAreTaken(t *testing.T) {
	table := NewTable[uint32](4)
	want := map[uint32]bool{}
	for id := uint32(1); id < 40; id += 2 {
		table.Put(id, &id)
		want[id] = true
	}
	for id := uint32(1); id < 40; id += 6 {
		table.Remove(id)
		delete(want, id)
	}
	for id := uint32(1); id < 60; id += 2 {
		if got := table.Get(id); (got != nil) != want[id] || (got != nil && *got != id) {
			t.Errorf("stream %d is %v", id, got)
		}
	}
	seen := 0
	table.Each(func(id *uint32) { seen++ })
	if seen != len(want) || table.Len() != len(want) {
		t.Errorf("%d streams, %d of them seen, want %d", table.Len(), seen, len(want))
	}
}

func TestFieldIsReadThoughTheTableChanges(t *testing.T) {
	var block bytes.Buffer
	encoder := hpack.NewEncoder(&block)
	fields := NewFields("path")
	for i := range 3 * mostKnown {
		for _, path := range []string{"/a", fmt.Sprint("/", i/2), "/a"} {
			block.Reset()
			encoder.WriteField(hpack.HeaderField{Name: "te", Value: "trailers"})
			encoder.WriteField(hpack.HeaderField{Name: "path", Value: path})
			if got, err := fields.Read(block.Bytes()); got != path || err != nil {
				t.Fatalf("round %d: %q instead of %q: %v", i, got, path, err)
			}
		}
	}
	if _, err := fields.Read([]byte{0x80}); err == nil {
		t.Error("an index of 0 is no field")
	}
}

func TestRepeatedBlockIsDecodedOnce(t *testing.T) {
	literal := append(append([]byte{0x00, 4}, "path"...), 2, '/', 'b')
	fields := NewFields("path")
	for range 2 {
		if got, err := fields.Read(literal); got != "/b" || err != nil {
			t.Fatal(got, err)
		}
	}
	if len(fields.known) != 1 {
		t.Errorf("%d blocks are known", len(fields.known))
	}
	long := make([]byte, 300)
	for name, block := range map[string][]byte{
		"an index":              {0x82, 0xff, 0x80, 0x01},
		"a literal":             literal,
		"a value of 300 bytes":  append([]byte{0x0f, 0x10, 0x7f, 0xad, 0x01}, long...),
		"a field never indexed": {0x10, 1, 'a', 1, 'b'},
	} {
		if changesTable(block) {
			t.Error(name, "leaves the table as it is")
		}
		if !changesTable(append(bytes.Clone(block), 0x40, 1, 'a', 1, 'b')) {
			t.Error(name, "comes before a field of the table")
		}
		if !changesTable(append(bytes.Clone(block), 0x20)) {
			t.Error(name, "comes before a new size of the table")
		}
	}
}

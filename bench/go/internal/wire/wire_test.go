package wire

import (
	"encoding/binary"
	"testing"
)

func TestStampIsFoundWhereTheBodyBegins(t *testing.T) {
	for _, size := range []int{8, 100, 300, 64 << 10} {
		request, body := Request(size)
		binary.BigEndian.PutUint64(request[body:], 12345)
		if got := Stamp(request[:body+StampSize]); got != 12345 {
			t.Errorf("stamp of %d bytes is %d", size, got)
		}
		if len(request) != body+size {
			t.Errorf("the body of %d bytes is not at the end", size)
		}
	}
	small, _ := Request(7)
	for _, none := range [][]byte{nil, small, {0x0a}, {0xff, 0xff}} {
		if got := Stamp(none); got != 0 {
			t.Errorf("stamp of %x is %d", none, got)
		}
	}
}

func TestEnvelopesComeOutAsTheyWentIn(t *testing.T) {
	var got []string
	if err := Envelopes(DeliverRequest([]byte("a"), []byte("bc")), func(r []byte) { got = append(got, string(r)) }); err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || got[0] != "a" || got[1] != "bc" {
		t.Error(got)
	}
	if Envelopes([]byte{0x0a, 5}, func([]byte) {}) == nil {
		t.Error("half a message is none")
	}
}

func TestTheProcessesOfAnEnvelopeAreNoRequest(t *testing.T) {
	envelope := []byte{0x22, 2, 'i', 'd', 0x12, 1, 'a', 0x22, 1, 'j'}
	var got []string
	err := Envelopes(append([]byte{0x0a, byte(len(envelope))}, envelope...), func(r []byte) { got = append(got, string(r)) })
	if err != nil || len(got) != 1 || got[0] != "a" {
		t.Fatal(got, err)
	}
}

func TestRepliesAndAcknowledgementsAreRead(t *testing.T) {
	if r := ParseReply(append(OK[:len(OK):len(OK)], 0x28, 3, 0x30, 1)); r != (Reply{"0", 3, 1}) {
		t.Error(r)
	}
	if n := Acknowledged(Acknowledge(300)); n != 300 {
		t.Error(n)
	}
}

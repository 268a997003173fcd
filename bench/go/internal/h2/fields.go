package h2

import "golang.org/x/net/http2/hpack"

// mostKnown bounds the blocks that Fields remembers.
const mostKnown = 64

// Fields reads one field of each header block of a connection. It remembers the values of blocks that
// leave HPACK's dynamic table as it is: a peer repeats a few of them for all of its calls.
type Fields struct {
	decoder *hpack.Decoder
	value   string
	known   map[string]string
}

// NewFields reads the field of that name.
func NewFields(name string) *Fields {
	f := &Fields{known: map[string]string{}}
	f.decoder = hpack.NewDecoder(4096, func(field hpack.HeaderField) {
		if field.Name == name {
			f.value = field.Value
		}
	})
	return f
}

// Read returns the field's value in a whole block, or "" for a block without the field.
func (f *Fields) Read(block []byte) (string, error) {
	if value, known := f.known[string(block)]; known {
		return value, nil
	}
	f.value = ""
	if _, err := f.decoder.Write(block); err != nil {
		return "", err
	}
	if err := f.decoder.Close(); err != nil {
		return "", err
	}
	changes := changesTable(block)
	if changes || len(f.known) == mostKnown {
		clear(f.known) // an index means another field from now on
	}
	if !changes {
		f.known[string(block)] = f.value
	}
	return f.value, nil
}

// changesTable returns whether a valid block adds to the dynamic table or resizes it (RFC 7541, 6).
func changesTable(block []byte) bool {
	for len(block) > 0 {
		switch first := block[0]; {
		case first&0x80 != 0:
			_, block = integer(block, 7)
		case first&0x40 != 0, first&0x20 != 0:
			return true
		default:
			var index int
			if index, block = integer(block, 4); index == 0 {
				block = afterString(block)
			}
			block = afterString(block)
		}
	}
	return false
}

func afterString(block []byte) []byte {
	if len(block) == 0 {
		return nil
	}
	length, block := integer(block, 7)
	return block[min(length, len(block)):]
}

// integer reads an integer with a prefix of that many bits, and returns the rest.
func integer(block []byte, prefix int) (int, []byte) {
	most := 1<<prefix - 1
	value := int(block[0]) & most
	block = block[1:]
	if value < most {
		return value, block
	}
	for shift := 0; len(block) > 0; shift += 7 {
		b := block[0]
		block = block[1:]
		value += int(b&0x7f) << shift
		if b&0x80 == 0 {
			break
		}
	}
	return value, block
}

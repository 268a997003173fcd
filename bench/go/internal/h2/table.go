package h2

// Table holds open streams by their ids. A peer opens streams in the order of their ids, so nearly
// each one has a slot of its own, its id modulo the number of slots; a map holds the others.
type Table[T any] struct {
	slots []slot[T]
	rest  map[uint32]*T
	open  int
}

type slot[T any] struct {
	id     uint32 // 0 is no stream
	stream *T
}

// NewTable returns a table with a number of slots, a power of two.
func NewTable[T any](slots int) *Table[T] {
	return &Table[T]{slots: make([]slot[T], slots), rest: map[uint32]*T{}}
}

func (t *Table[T]) slot(id uint32) *slot[T] { return &t.slots[int(id>>1)&(len(t.slots)-1)] }

// Len returns the number of streams.
func (t *Table[T]) Len() int { return t.open }

// Get returns the stream, or nil.
func (t *Table[T]) Get(id uint32) *T {
	if s := t.slot(id); s.id == id {
		return s.stream
	}
	return t.rest[id]
}

// Put adds a stream with an id that the table does not have.
func (t *Table[T]) Put(id uint32, stream *T) {
	t.open++
	if s := t.slot(id); s.id == 0 {
		*s = slot[T]{id, stream}
	} else {
		t.rest[id] = stream
	}
}

// Remove removes a stream of the table.
func (t *Table[T]) Remove(id uint32) {
	t.open--
	if s := t.slot(id); s.id == id {
		*s = slot[T]{}
	} else {
		delete(t.rest, id)
	}
}

// Each calls a function with each stream.
func (t *Table[T]) Each(each func(stream *T)) {
	for _, s := range t.slots {
		if s.id != 0 {
			each(s.stream)
		}
	}
	for _, stream := range t.rest {
		each(stream)
	}
}

package disks

import (
	"fmt"
	"math/rand/v2"
)

// Scribble describes what a running machine writes: so many pieces of so many bytes, at places and with contents that
// the seed decides. Every fourth piece is zeros. From and Length keep it to a part of the disk: what a file system holds
// does not survive it.
type Scribble struct {
	Seed   uint64 `json:"seed"`
	Pieces int    `json:"pieces"`
	Bytes  int    `json:"bytes"`
	From   int64  `json:"from"`
	Length int64  `json:"length"`
}

// Apply writes and returns where.
func (s Scribble) Apply(d *Disk) ([]Area, error) {
	if s.Length == 0 {
		s.Length = d.Capacity - s.From
	}
	if s.From < 0 || s.Length < int64(s.Bytes) || s.From+s.Length > d.Capacity || s.Bytes < 1 {
		return nil, fmt.Errorf("%s: %d bytes from %d do not take pieces of %d", d.Name, s.Length, s.From, s.Bytes)
	}
	random := rand.New(rand.NewPCG(s.Seed, 0x1a0ac7e))
	var done []Area
	for number := range s.Pieces {
		piece := make([]byte, s.Bytes)
		offset := s.From + random.Int64N((s.Length-int64(s.Bytes))/512+1)*512
		if number%4 != 3 {
			for i := range piece {
				piece[i] = byte(random.Uint32())
			}
		}
		if err := d.Write(piece, offset); err != nil {
			return done, err
		}
		done = append(done, Area{offset, int64(s.Bytes)})
	}
	return done, nil
}

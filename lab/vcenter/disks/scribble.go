package disks

import "math/rand/v2"

// Scribble describes what a running machine writes: so many pieces of so many bytes, at places and with contents that
// the seed decides. Every fourth piece is zeros.
type Scribble struct {
	Seed   uint64 `json:"seed"`
	Pieces int    `json:"pieces"`
	Bytes  int    `json:"bytes"`
}

// Apply writes and returns where.
func (s Scribble) Apply(d *Disk) ([]Area, error) {
	random := rand.New(rand.NewPCG(s.Seed, 0x1a0ac7e))
	var done []Area
	for number := range s.Pieces {
		length := min(int64(s.Bytes), d.Capacity)
		piece := make([]byte, length)
		offset := random.Int64N((d.Capacity-length)/512+1) * 512
		if number%4 != 3 {
			for i := range piece {
				piece[i] = byte(random.Uint32())
			}
		}
		if err := d.Write(piece, offset); err != nil {
			return done, err
		}
		done = append(done, Area{offset, length})
	}
	return done, nil
}

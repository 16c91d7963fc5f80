package disks

import "os"

// Snapshot is a disk at one point in time.
type Snapshot struct {
	ChangeID string
	disk     *Disk
	frozen   *layer
	sequence int
}

// Snapshot freezes the disk; what is written from now on goes to a new layer.
func (d *Disk) Snapshot() *Snapshot {
	d.mu.Lock()
	defer d.mu.Unlock()
	taken := &Snapshot{disk: d, frozen: d.push()}
	taken.sequence, taken.ChangeID = d.tracking.mark()
	return taken
}

// Remove merges what was written after the snapshot into what it froze. Others are the snapshots of the disk that stay.
func (s *Snapshot) Remove(others []*Snapshot) error {
	d := s.disk
	d.mu.Lock()
	defer d.mu.Unlock()
	above := d.top
	for above.parent != s.frozen {
		above = above.parent
	}
	for grain := range above.grains {
		whole := make([]byte, d.grainSize(grain))
		if err := d.readGrain(above, grain, 0, whole); err != nil {
			return err
		}
		if err := s.frozen.put(d, grain, whole); err != nil {
			return err
		}
	}
	above.drop()
	d.replace(above, s.frozen, others)
	return nil
}

func (l *layer) drop() {
	if l.file != nil {
		l.file.Close()
		os.Remove(l.file.Name())
	}
}

// replace takes a layer out whose content its parent has now.
func (d *Disk) replace(gone, by *layer, others []*Snapshot) {
	for _, other := range others {
		if other.frozen == gone {
			other.frozen = by
		}
	}
	if d.top == gone {
		d.top = by
		return
	}
	for l := d.top; l != nil; l = l.parent {
		if l.parent == gone {
			l.parent = by
		}
	}
}

// Chain returns the number of layers below the one that is written to.
func (d *Disk) Chain() int {
	d.mu.RLock()
	defer d.mu.RUnlock()
	count := 0
	for l := d.top.parent; l != nil; l = l.parent {
		count++
	}
	return count
}

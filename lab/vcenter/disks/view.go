package disks

import (
	"io"
	"maps"
	"slices"
	"syscall"
)

// Area is a range of bytes.
type Area struct{ Start, Length int64 }

// View is a disk as it looks now, or as a snapshot froze it.
type View struct {
	disk   *Disk
	frozen *Snapshot
	bottom bool
}

// Now returns the disk as its machine sees it.
func (d *Disk) Now() *View { return &View{disk: d} }

// View returns the disk as it was.
func (s *Snapshot) View() *View { return &View{disk: s.disk, frozen: s} }

// Flat returns what the file NAME-flat.vmdk holds: the disk below all snapshots.
func (d *Disk) Flat() *View { return &View{disk: d, bottom: true} }

func (v *View) layer() *layer {
	if v.frozen != nil {
		return v.frozen.frozen
	}
	l := v.disk.top
	for v.bottom && l.parent != nil {
		l = l.parent
	}
	return l
}

// Size returns the disk's capacity in bytes.
func (v *View) Size() int64 { return v.disk.Capacity }

// ReadAt reads like io.ReaderAt.
func (v *View) ReadAt(data []byte, offset int64) (int, error) {
	v.disk.mu.RLock()
	from := v.layer()
	v.disk.mu.RUnlock()
	return v.disk.readAt(from, data, offset)
}

// Reader returns a reader of the whole disk.
func (v *View) Reader() *io.SectionReader { return io.NewSectionReader(v, 0, v.Size()) }

// Allocated returns what is allocated, whole grains: the image's data and all that was ever written.
func (v *View) Allocated() ([]Area, error) {
	v.disk.mu.RLock()
	defer v.disk.mu.RUnlock()
	grains := map[int64]struct{}{}
	for l := v.layer(); l != nil; l = l.parent {
		maps.Copy(grains, l.grains)
	}
	if err := v.disk.baseGrains(grains); err != nil {
		return nil, err
	}
	return v.disk.areas(grains), nil
}

// Changed returns what was written between a change id and this view.
func (v *View) Changed(changeID string) ([]Area, error) {
	v.disk.mu.RLock()
	defer v.disk.mu.RUnlock()
	t := v.disk.tracking
	if t == nil {
		return nil, ErrUnknownChange
	}
	until := t.sequence + 1
	if v.frozen != nil {
		until = v.frozen.sequence
	}
	grains, err := t.since(changeID, until)
	if err != nil {
		return nil, err
	}
	return v.disk.areas(grains), nil
}

// baseGrains adds the grains in which the image has data; a hole of the file is none.
func (d *Disk) baseGrains(grains map[int64]struct{}) error {
	if d.base == nil {
		return nil
	}
	const seekData, seekHole = 3, 4
	for offset := int64(0); ; {
		data, err := syscall.Seek(int(d.base.Fd()), offset, seekData)
		if err == syscall.ENXIO {
			return nil
		}
		if err != nil {
			return err
		}
		if offset, err = syscall.Seek(int(d.base.Fd()), data, seekHole); err != nil {
			return err
		}
		for grain := data / Grain; grain*Grain < offset; grain++ {
			grains[grain] = struct{}{}
		}
	}
}

// areas joins neighbouring grains.
func (d *Disk) areas(grains map[int64]struct{}) []Area {
	var found []Area
	for _, grain := range slices.Sorted(maps.Keys(grains)) {
		start, length := grain*Grain, d.grainSize(grain)
		if last := len(found) - 1; last >= 0 && found[last].Start+found[last].Length == start {
			found[last].Length += length
			continue
		}
		found = append(found, Area{start, length})
	}
	return found
}

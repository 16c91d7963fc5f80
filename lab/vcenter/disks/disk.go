// Package disks holds what virtual disks contain: a raw image that is never written to, and what machines wrote on top
// of it, in layers that a snapshot freezes and a removed snapshot merges.
package disks

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
)

// Grain is the unit of writing and of change tracking.
const Grain = 64 << 10

// Disk is one virtual disk. Folder takes its layers; they are files only once something is written to them.
type Disk struct {
	Name     string
	Capacity int64

	folder   string
	mu       sync.RWMutex
	base     *os.File // nil: all zeros
	top      *layer
	layers   int
	tracking *tracking
}

// layer holds the grains that were written while it was on top.
type layer struct {
	number int
	file   *os.File
	grains map[int64]struct{}
	parent *layer
}

// Open returns the disk over a raw image; an empty path is a disk of zeros.
func Open(name, backing string, capacity int64, folder string) (*Disk, error) {
	disk := &Disk{Name: name, Capacity: capacity, folder: folder}
	if backing != "" {
		file, err := os.Open(backing)
		if err != nil {
			return nil, err
		}
		info, err := file.Stat()
		if err != nil {
			return nil, err
		}
		if info.Size() > capacity {
			return nil, fmt.Errorf("%s: %d bytes do not fit a disk of %d", backing, info.Size(), capacity)
		}
		disk.base = file
	}
	disk.push()
	return disk, nil
}

// push puts an empty layer on top and returns the one below it.
func (d *Disk) push() *layer {
	frozen := d.top
	d.layers++
	d.top = &layer{number: d.layers, grains: map[int64]struct{}{}, parent: frozen}
	return frozen
}

// Write changes the disk as its machine would; a write beyond the end is an error.
func (d *Disk) Write(data []byte, offset int64) error {
	if offset < 0 || offset+int64(len(data)) > d.Capacity {
		return fmt.Errorf("%s: %d bytes at %d are not within %d", d.Name, len(data), offset, d.Capacity)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for len(data) > 0 {
		grain, within := offset/Grain, offset%Grain
		count := min(int64(len(data)), Grain-within)
		if err := d.writeGrain(grain, within, data[:count]); err != nil {
			return err
		}
		data, offset = data[count:], offset+count
	}
	return nil
}

func (d *Disk) writeGrain(grain, within int64, data []byte) error {
	whole := make([]byte, d.grainSize(grain))
	if err := d.readGrain(d.top, grain, 0, whole); err != nil {
		return err
	}
	copy(whole[within:], data)
	if err := d.top.put(d, grain, whole); err != nil {
		return err
	}
	d.tracking.note(grain)
	return nil
}

func (l *layer) put(d *Disk, grain int64, whole []byte) error {
	if l.file == nil {
		path := filepath.Join(d.folder, fmt.Sprintf("%s-%06d.delta", d.Name, l.number))
		file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
		if err != nil {
			return err
		}
		l.file = file
	}
	l.grains[grain] = struct{}{}
	_, err := l.file.WriteAt(whole, grain*Grain)
	return err
}

func (d *Disk) grainSize(grain int64) int64 { return min(Grain, d.Capacity-grain*Grain) }

// readGrain reads a part of a grain as it looks from a layer.
func (d *Disk) readGrain(from *layer, grain, within int64, data []byte) error {
	for l := from; l != nil; l = l.parent {
		if _, found := l.grains[grain]; found {
			_, err := io.ReadFull(io.NewSectionReader(l.file, grain*Grain+within, int64(len(data))), data)
			return err
		}
	}
	clear(data)
	if d.base == nil {
		return nil
	}
	if _, err := d.base.ReadAt(data, grain*Grain+within); err != nil && err != io.EOF {
		return err
	}
	return nil
}

// readAt reads from a layer; runs of grains that no layer has come from the image in one call.
func (d *Disk) readAt(from *layer, data []byte, offset int64) (int, error) {
	if offset >= d.Capacity {
		return 0, io.EOF
	}
	d.mu.RLock()
	defer d.mu.RUnlock()
	done := 0
	for done < len(data) && offset < d.Capacity {
		grain, within := offset/Grain, offset%Grain
		count := min(int64(len(data)-done), d.grainSize(grain)-within)
		if d.plain(from) {
			count = min(int64(len(data)-done), d.Capacity-offset)
		}
		if err := d.readGrain(from, grain, within, data[done:done+int(count)]); err != nil {
			return done, err
		}
		done, offset = done+int(count), offset+count
	}
	if done < len(data) {
		return done, io.EOF
	}
	return done, nil
}

// plain tells whether nothing was written in this layer and those below.
func (d *Disk) plain(from *layer) bool {
	for l := from; l != nil; l = l.parent {
		if len(l.grains) > 0 {
			return false
		}
	}
	return true
}

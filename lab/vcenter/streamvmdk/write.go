// Package streamvmdk writes streamOptimized VMDK files, the form in which ESXi exports disks: grains of 64 KiB, each
// compressed, each behind a marker, tables after them, the directory's place in a footer.
package streamvmdk

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"io"
)

const (
	sector       = 512
	grainSectors = 128
	grain        = grainSectors * sector
	perTable     = 512
	overhead     = 128 // sectors before the first marker
	descriptorAt = 1
	descriptorIn = 20 // sectors
	atEnd        = ^uint64(0)

	markerEnd       = 0
	markerTable     = 1
	markerDirectory = 2
	markerFooter    = 3
)

// header is SparseExtentHeader of VMware's format; 512 bytes.
type header struct {
	Magic, Version, Flags               uint32
	Capacity, GrainSize                 uint64
	DescriptorOffset, DescriptorSize    uint64
	EntriesPerTable                     uint32
	RedundantDirectory, Directory       uint64
	Overhead                            uint64
	Unclean                             uint8
	SingleEnd, NonEnd, Double1, Double2 byte
	Compression                         uint16
	Pad                                 [433]byte
}

// Write writes the disk of this size; grains of zeros are left out.
func Write(out io.Writer, disk io.ReaderAt, size int64, name string) error {
	deflate, err := zlib.NewWriterLevel(nil, zlib.BestSpeed)
	if err != nil {
		return err
	}
	w := &writer{out: out, capacity: (size + sector - 1) / sector, deflate: deflate}
	steps := []func() error{
		func() error { return w.start(name) },
		func() error { return w.grains(disk, size) },
		w.finish,
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

type writer struct {
	out       io.Writer
	at        int64 // sectors written
	capacity  int64 // sectors
	table     [perTable]uint32
	used      bool
	directory []uint32
	deflate   *zlib.Writer // made once: each has a megabyte of tables
}

func (w *writer) header(directory uint64) header {
	return header{
		Magic: 0x564d444b, Version: 3, Flags: 0x30001,
		Capacity: uint64(w.capacity), GrainSize: grainSectors,
		DescriptorOffset: descriptorAt, DescriptorSize: descriptorIn,
		EntriesPerTable: perTable, Directory: directory, Overhead: overhead,
		SingleEnd: '\n', NonEnd: ' ', Double1: '\r', Double2: '\n', Compression: 1,
	}
}

func (w *writer) start(name string) error {
	var head bytes.Buffer
	if err := binary.Write(&head, binary.LittleEndian, w.header(atEnd)); err != nil {
		return err
	}
	head.WriteString(descriptor(name, w.capacity))
	return w.pad(head.Bytes(), overhead*sector)
}

// pad writes data and zeros up to a whole number of units.
func (w *writer) pad(data []byte, unit int) error {
	if rest := len(data) % unit; rest != 0 {
		data = append(data, make([]byte, unit-rest)...)
	}
	w.at += int64(len(data) / sector)
	_, err := w.out.Write(data)
	return err
}

func (w *writer) grains(disk io.ReaderAt, size int64) error {
	data := make([]byte, grain)
	zeros := make([]byte, grain)
	for number := int64(0); number*grain < size; number++ {
		clear(data)
		if _, err := disk.ReadAt(data, number*grain); err != nil && err != io.EOF {
			return err
		}
		if !bytes.Equal(data, zeros) {
			if err := w.grain(number, data); err != nil {
				return err
			}
		}
		if (number+1)%perTable == 0 || (number+1)*grain >= size {
			if err := w.endTable(); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *writer) grain(number int64, data []byte) error {
	var packed bytes.Buffer
	packed.Write(make([]byte, 12))
	w.deflate.Reset(&packed)
	if _, err := w.deflate.Write(data); err != nil {
		return err
	}
	if err := w.deflate.Close(); err != nil {
		return err
	}
	marker := packed.Bytes()
	binary.LittleEndian.PutUint64(marker, uint64(number*grainSectors))
	binary.LittleEndian.PutUint32(marker[8:], uint32(len(marker)-12))
	w.table[number%perTable] = uint32(w.at)
	w.used = true
	return w.pad(marker, sector)
}

// endTable writes the grain table when it has entries; an empty one is a zero in the directory.
func (w *writer) endTable() error {
	if !w.used {
		w.directory = append(w.directory, 0)
		return nil
	}
	if err := w.marker(markerTable, perTable*4/sector); err != nil {
		return err
	}
	w.directory = append(w.directory, uint32(w.at))
	table := w.table
	w.table, w.used = [perTable]uint32{}, false
	return w.values(table[:])
}

func (w *writer) values(entries []uint32) error {
	data, err := binary.Append(nil, binary.LittleEndian, entries)
	if err != nil {
		return err
	}
	return w.pad(data, sector)
}

// marker announces metadata of so many sectors.
func (w *writer) marker(kind uint32, sectors int) error {
	data := binary.LittleEndian.AppendUint64(nil, uint64(sectors))
	data = binary.LittleEndian.AppendUint32(data, 0)
	return w.pad(binary.LittleEndian.AppendUint32(data, kind), sector)
}

func (w *writer) finish() error {
	if err := w.marker(markerDirectory, (len(w.directory)*4+sector-1)/sector); err != nil {
		return err
	}
	place := uint64(w.at)
	if err := w.values(w.directory); err != nil {
		return err
	}
	if err := w.marker(markerFooter, 1); err != nil {
		return err
	}
	footer, err := binary.Append(nil, binary.LittleEndian, w.header(place))
	if err != nil {
		return err
	}
	if err := w.pad(footer, sector); err != nil {
		return err
	}
	return w.marker(markerEnd, 0)
}

func descriptor(name string, sectors int64) string {
	return fmt.Sprintf(`# Disk DescriptorFile
version=1
CID=fffffffe
parentCID=ffffffff
createType="streamOptimized"

# Extent description
RDONLY %d SPARSE "%s"

# The Disk Data Base
#DDB

ddb.virtualHWVersion = "19"
ddb.geometry.cylinders = "%d"
ddb.geometry.heads = "255"
ddb.geometry.sectors = "63"
ddb.adapterType = "lsilogic"
`, sectors, name, sectors/(255*63)+1)
}

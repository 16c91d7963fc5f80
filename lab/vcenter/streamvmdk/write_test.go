package streamvmdk

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"io"
	"math/rand/v2"
	"testing"
)

// read follows the markers from the front, as an importer does that cannot seek.
func read(t *testing.T, file []byte) []byte {
	t.Helper()
	capacity := int64(binary.LittleEndian.Uint64(file[12:])) * sector
	disk := make([]byte, capacity)
	for at := int64(overhead * sector); ; {
		value, size := binary.LittleEndian.Uint64(file[at:]), binary.LittleEndian.Uint32(file[at+8:])
		switch kind := binary.LittleEndian.Uint32(file[at+12:]); {
		case size > 0:
			unpack(t, disk[value*sector:], file[at+12:at+12+int64(size)])
			at += (12 + int64(size) + sector - 1) / sector * sector
		case kind == markerEnd:
			if rest := int64(len(file)) - at - sector; rest != 0 {
				t.Fatalf("%d bytes after the end", rest)
			}
			return disk
		default:
			at += int64(value)*sector + sector
		}
	}
}

func unpack(t *testing.T, into, packed []byte) {
	t.Helper()
	reader, err := zlib.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(reader)
	if err != nil || len(data) != grain {
		t.Fatalf("a grain of %d bytes, error %v", len(data), err)
	}
	copy(into, data)
}

func written(t *testing.T, disk []byte) []byte {
	t.Helper()
	var file bytes.Buffer
	if err := Write(&file, bytes.NewReader(disk), int64(len(disk)), "disk-0.vmdk"); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

func TestWhatIsWrittenIsReadBackByMarkers(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, size := range []int{sector, grain, grain + sector, 40 * grain, 600*grain + 3*sector} {
		disk := make([]byte, size)
		for range 1 + size/grain/4 {
			disk[random.IntN(size)] = byte(1 + random.IntN(255))
		}
		disk[size-1] = 0x77
		if !bytes.Equal(read(t, written(t, disk)), disk) {
			t.Errorf("%d bytes: the content differs", size)
		}
	}
}

func TestADiskOfZerosHasNoGrain(t *testing.T) {
	file := written(t, make([]byte, 64*grain))
	if limit := (overhead + 8) * sector; len(file) > limit {
		t.Errorf("%d bytes, want at most %d", len(file), limit)
	}
}

func TestTheHeaderIsOneSector(t *testing.T) {
	if size := binary.Size(header{}); size != sector {
		t.Errorf("%d bytes", size)
	}
}

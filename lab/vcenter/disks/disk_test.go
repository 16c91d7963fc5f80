package disks

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

const capacity = 40*Grain + 512

func sample(t *testing.T) (*Disk, []byte) {
	t.Helper()
	content := make([]byte, capacity)
	copy(content[5*Grain:], bytes.Repeat([]byte("five"), 100))
	path := filepath.Join(t.TempDir(), "base.raw")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	disk, err := Open("base", path, capacity, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return disk, content
}

func content(t *testing.T, v *View) []byte {
	t.Helper()
	data, err := io.ReadAll(v.Reader())
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// write changes the disk and its model alike.
func write(t *testing.T, d *Disk, model []byte, text string, offset int64) {
	t.Helper()
	copy(model[offset:], text)
	if err := d.Write([]byte(text), offset); err != nil {
		t.Fatal(err)
	}
}

func TestASnapshotStaysAsItWasWhileTheMachineWrites(t *testing.T) {
	disk, model := sample(t)
	write(t, disk, model, "before", 3)
	snapshot := disk.Snapshot()
	frozen := slices.Clone(model)
	write(t, disk, model, "across a border", 6*Grain-5)
	write(t, disk, model, "end", capacity-3)
	if !bytes.Equal(content(t, snapshot.View()), frozen) || !bytes.Equal(content(t, disk.Flat()), frozen) {
		t.Error("the snapshot has changed")
	}
	if !bytes.Equal(content(t, disk.Now()), model) {
		t.Error("the disk has not what was written")
	}
}

func TestRemovingAnySnapshotOfAChainKeepsTheDisk(t *testing.T) {
	for _, order := range [][]int{{0, 1, 2}, {2, 1, 0}, {1, 0, 2}, {1, 2, 0}} {
		disk, model := sample(t)
		var snapshots []*Snapshot
		var models [][]byte
		for number := range 3 {
			write(t, disk, model, "generation", int64(number)*Grain)
			snapshots, models = append(snapshots, disk.Snapshot()), append(models, slices.Clone(model))
			write(t, disk, model, "after", int64(number+1)*Grain+20)
		}
		left := slices.Clone(snapshots)
		for _, number := range order {
			left = slices.DeleteFunc(left, func(s *Snapshot) bool { return s == snapshots[number] })
			if err := snapshots[number].Remove(left); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(content(t, disk.Now()), model) {
				t.Fatalf("order %v: the disk has changed", order)
			}
			for other, snapshot := range snapshots {
				if slices.Contains(left, snapshot) && !bytes.Equal(content(t, snapshot.View()), models[other]) {
					t.Fatalf("order %v: snapshot %d has changed", order, other)
				}
			}
		}
		if disk.Chain() != 0 {
			t.Errorf("order %v: %d layers are left", order, disk.Chain())
		}
	}
}

func TestChangesAreThoseBetweenTwoSnapshots(t *testing.T) {
	disk, model := sample(t)
	disk.Track()
	first := disk.Snapshot()
	write(t, disk, model, "a", 2*Grain)
	write(t, disk, model, "b", 3*Grain)
	write(t, disk, model, "c", 9*Grain)
	second := disk.Snapshot()
	write(t, disk, model, "later, over a place of before", 9*Grain)
	write(t, disk, model, "later, elsewhere", 20*Grain)
	areas, err := second.View().Changed(first.ChangeID)
	if want := []Area{{2 * Grain, 2 * Grain}, {9 * Grain, Grain}}; err != nil || !slices.Equal(areas, want) {
		t.Errorf("areas %v, error %v", areas, err)
	}
	areas, err = disk.Now().Changed(second.ChangeID)
	if want := []Area{{9 * Grain, Grain}, {20 * Grain, Grain}}; err != nil || !slices.Equal(areas, want) {
		t.Errorf("now: areas %v, error %v", areas, err)
	}
}

func TestAResetMakesOldChangeIDsUnknown(t *testing.T) {
	disk, model := sample(t)
	disk.Track()
	first := disk.Snapshot()
	disk.ResetChanges()
	write(t, disk, model, "a", 0)
	second := disk.Snapshot()
	if _, err := second.View().Changed(first.ChangeID); !errors.Is(err, ErrUnknownChange) {
		t.Errorf("error %v", err)
	}
}

func TestAllocatedLeavesOutHolesOfTheImage(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sparse.raw")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(file.Truncate(capacity), second(file.WriteAt([]byte("x"), 20*Grain)), file.Close()); err != nil {
		t.Fatal(err)
	}
	disk, err := Open("sparse", path, capacity, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	write(t, disk, make([]byte, capacity), "end", capacity-3)
	areas, err := disk.Now().Allocated()
	if want := []Area{{20 * Grain, Grain}, {40 * Grain, 512}}; err != nil || !slices.Equal(areas, want) {
		t.Errorf("areas %v, error %v", areas, err)
	}
}

func second(_ int, err error) error { return err }

func TestAWriteBeyondTheEndIsRefused(t *testing.T) {
	disk, _ := sample(t)
	if err := disk.Write([]byte("xx"), capacity-1); err == nil {
		t.Error("accepted")
	}
}

func TestAScribbleKeepsToItsPartAndIsTheSameForItsSeed(t *testing.T) {
	first, model := sample(t)
	second, _ := sample(t)
	how := Scribble{Seed: 3, Pieces: 40, Bytes: 3000, From: 10 * Grain, Length: 2 * Grain}
	areas, err := how.Apply(first)
	if err != nil || len(areas) != 40 {
		t.Fatalf("%d areas, error %v", len(areas), err)
	}
	if _, err = how.Apply(second); err != nil || !bytes.Equal(content(t, first.Now()), content(t, second.Now())) {
		t.Errorf("two disks differ, error %v", err)
	}
	now := content(t, first.Now())
	if bytes.Equal(now, model) || !bytes.Equal(now[:10*Grain], model[:10*Grain]) || !bytes.Equal(now[12*Grain:], model[12*Grain:]) {
		t.Error("nothing was written, or elsewhere")
	}
}

func TestAScribbleThatDoesNotFitIsRefused(t *testing.T) {
	disk, _ := sample(t)
	for _, how := range []Scribble{{Pieces: 1, Bytes: 100, Length: 99}, {Pieces: 1, Bytes: 512, From: capacity}, {Pieces: 1}} {
		if _, err := how.Apply(disk); err == nil {
			t.Errorf("%+v: accepted", how)
		}
	}
}

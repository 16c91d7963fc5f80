package volumes

import (
	"os"
	"path/filepath"
	"testing"
)

func write(t *testing.T, s Store, volume, name, content string) {
	t.Helper()
	data, err := s.Data(volume)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(data, name), []byte(content), 0o640); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, s Store, volume, name string) string {
	t.Helper()
	data, _ := s.Data(volume)
	content, err := os.ReadFile(filepath.Join(data, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func TestAVolumeIsWritableByEveryUserWhateverTheUmask(t *testing.T) {
	s := Store{t.TempDir()}
	if err := s.Create("pvc-1"); err != nil {
		t.Fatal(err)
	}
	data, _ := s.Data("pvc-1")
	info, err := os.Stat(data)
	if err != nil || info.Mode().Perm() != Open {
		t.Fatalf("mode %v, error %v", info.Mode(), err)
	}
}

func TestASnapshotStaysAsItWasAndIsRestored(t *testing.T) {
	s := Store{t.TempDir()}
	if err := s.Create("pvc-1"); err != nil {
		t.Fatal(err)
	}
	write(t, s, "pvc-1", "disk.img", "before")
	if err := s.Snapshot("pvc-1", "snap-1"); err != nil {
		t.Fatal(err)
	}
	write(t, s, "pvc-1", "disk.img", "after")
	if err := s.Restore("snap-1", "pvc-2"); err != nil {
		t.Fatal(err)
	}
	if got := read(t, s, "pvc-2", "disk.img"); got != "before" {
		t.Errorf("restored %q", got)
	}
	if got := read(t, s, "pvc-1", "disk.img"); got != "after" {
		t.Errorf("source became %q", got)
	}
}

func TestACloneKeepsHolesSizeAndMode(t *testing.T) {
	s := Store{t.TempDir()}
	if err := s.Create("pvc-1"); err != nil {
		t.Fatal(err)
	}
	write(t, s, "pvc-1", "disk.img", "begin")
	data, _ := s.Data("pvc-1")
	if err := os.Truncate(filepath.Join(data, "disk.img"), 64<<20); err != nil {
		t.Fatal(err)
	}
	if err := s.Clone("pvc-1", "pvc-2"); err != nil {
		t.Fatal(err)
	}
	copied, _ := s.Data("pvc-2")
	info, err := os.Stat(filepath.Join(copied, "disk.img"))
	if err != nil || info.Size() != 64<<20 || info.Mode().Perm() != 0o640 {
		t.Fatalf("%v, error %v", info, err)
	}
	if used, err := s.Used("pvc-2"); err != nil || used > 1<<20 {
		t.Errorf("the copy takes %d bytes, error %v", used, err)
	}
	if got := read(t, s, "pvc-2", "disk.img")[:5]; got != "begin" {
		t.Errorf("copied %q", got)
	}
}

func TestACopyThatWasCutOffIsMadeAgain(t *testing.T) {
	s := Store{t.TempDir()}
	if err := s.Create("pvc-1"); err != nil {
		t.Fatal(err)
	}
	write(t, s, "pvc-1", "disk.img", "whole")
	half := filepath.Join(s.Root, "volumes", ".pvc-2.half", "data")
	if err := os.MkdirAll(half, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := s.Clone("pvc-1", "pvc-2"); err != nil {
		t.Fatal(err)
	}
	if got := read(t, s, "pvc-2", "disk.img"); got != "whole" {
		t.Errorf("copied %q", got)
	}
}

func TestNothingOutsideTheRootIsTouched(t *testing.T) {
	s := Store{filepath.Join(t.TempDir(), "root")}
	for _, name := range []string{"", "..", "../x", "a/b", ".hidden"} {
		if err := s.Delete(name); err == nil {
			t.Errorf("%q was taken as a name", name)
		}
	}
}

func TestACopyOfNothingSaysSo(t *testing.T) {
	s := Store{t.TempDir()}
	if err := s.Clone("pvc-1", "pvc-2"); err == nil {
		t.Error("no error")
	}
}

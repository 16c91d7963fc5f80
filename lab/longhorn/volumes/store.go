// Package volumes keeps volumes and snapshots as plain folders below one root that all storage nodes share.
//
// A volume is ROOT/volumes/NAME/data; a snapshot is a full copy of that folder at ROOT/snapshots/NAME/data.
// A copy is made beside its final place and renamed, so that a half-made one is never found under its name.
package volumes

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// Store is one shared folder.
type Store struct{ Root string }

// Open is the mode of a volume's top folder: pods of any user write to it, as on a freshly exported share.
const Open = 0o777

func checked(name string) (string, error) {
	if name == "" || name != filepath.Base(name) || strings.HasPrefix(name, ".") {
		return "", fmt.Errorf("%q: not the name of a volume or snapshot", name)
	}
	return name, nil
}

func (s Store) folder(kind, name string) (string, error) {
	name, err := checked(name)
	return filepath.Join(s.Root, kind, name), err
}

// Data returns the folder that a pod sees as the volume's content.
func (s Store) Data(name string) (string, error) {
	folder, err := s.folder("volumes", name)
	return filepath.Join(folder, "data"), err
}

// Create makes an empty volume; one that is already there stays as it is.
func (s Store) Create(name string) error {
	data, err := s.Data(name)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(data, 0o755); err != nil {
		return err
	}
	return os.Chmod(data, Open)
}

// Delete removes a volume; one that is not there is no error.
func (s Store) Delete(name string) error { return s.remove("volumes", name) }

// DeleteSnapshot removes a snapshot; one that is not there is no error.
func (s Store) DeleteSnapshot(name string) error { return s.remove("snapshots", name) }

func (s Store) remove(kind, name string) error {
	folder, err := s.folder(kind, name)
	if err != nil {
		return err
	}
	return os.RemoveAll(folder)
}

// Snapshot copies a volume as it is now. It is crash-consistent at best: nobody stops the writer.
func (s Store) Snapshot(volume, snapshot string) error {
	return s.duplicate("volumes", volume, "snapshots", snapshot)
}

// Restore makes a volume out of a snapshot.
func (s Store) Restore(snapshot, volume string) error {
	return s.duplicate("snapshots", snapshot, "volumes", volume)
}

// Clone makes a volume out of another one.
func (s Store) Clone(source, volume string) error {
	return s.duplicate("volumes", source, "volumes", volume)
}

func (s Store) duplicate(fromKind, from, toKind, to string) error {
	source, err := s.folder(fromKind, from)
	if err != nil {
		return err
	}
	target, err := s.folder(toKind, to)
	if err != nil {
		return err
	}
	if _, err := os.Stat(target); err == nil {
		return nil
	}
	if _, err := os.Stat(source); err != nil {
		return fmt.Errorf("%s: not found in the shared folder: %w", from, err)
	}
	half := filepath.Join(filepath.Dir(target), "."+to+".half")
	if err := os.RemoveAll(half); err != nil {
		return err
	}
	if err := copyTree(source, half); err != nil {
		_ = os.RemoveAll(half)
		return err
	}
	return os.Rename(half, target)
}

func copyTree(source, target string) error {
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return err
	}
	return filepath.WalkDir(source, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(source, path)
		if err != nil {
			return err
		}
		return copyEntry(path, filepath.Join(target, relative), entry)
	})
}

func copyEntry(from, to string, entry fs.DirEntry) error {
	info, err := entry.Info()
	if err != nil {
		return err
	}
	switch mode := info.Mode(); {
	case mode.IsDir():
		err = os.Mkdir(to, mode.Perm())
	case mode.IsRegular():
		err = copySparse(from, to, info)
	case mode&fs.ModeSymlink != 0:
		var link string
		if link, err = os.Readlink(from); err == nil {
			return os.Symlink(link, to)
		}
	default:
		return nil // sockets and pipes belong to a running program, not to the data
	}
	if err != nil {
		return err
	}
	return keepOwner(to, info)
}

// keepOwner gives the copy its owner and mode; without the right to give files away the copy keeps ours.
func keepOwner(path string, info fs.FileInfo) error {
	system, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return fmt.Errorf("%s: no owner known", path)
	}
	if err := os.Lchown(path, int(system.Uid), int(system.Gid)); err != nil && !errors.Is(err, fs.ErrPermission) {
		return err
	}
	return os.Chmod(path, info.Mode())
}

// copySparse copies only what the file system says holds data: disk images are mostly holes.
func copySparse(from, to string, info fs.FileInfo) error {
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	defer source.Close()
	target, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, info.Mode().Perm())
	if err != nil {
		return err
	}
	defer target.Close()
	if err := target.Truncate(info.Size()); err != nil {
		return err
	}
	for offset := int64(0); ; {
		begin, err := unix.Seek(int(source.Fd()), offset, unix.SEEK_DATA)
		if errors.Is(err, unix.ENXIO) {
			return target.Sync()
		}
		if err != nil {
			return err
		}
		end, err := unix.Seek(int(source.Fd()), begin, unix.SEEK_HOLE)
		if err != nil {
			return err
		}
		if err := copyRange(source, target, begin, end); err != nil {
			return err
		}
		offset = end
	}
}

func copyRange(source, target *os.File, begin, end int64) error {
	_, err := io.Copy(io.NewOffsetWriter(target, begin), io.NewSectionReader(source, begin, end-begin))
	return err
}

// Space returns the size of the file system below the root and what is free of it, in bytes.
func (s Store) Space() (size, free int64, err error) {
	var stat unix.Statfs_t
	if err := unix.Statfs(s.Root, &stat); err != nil {
		return 0, 0, fmt.Errorf("%s: %w", s.Root, err)
	}
	return int64(stat.Blocks) * stat.Bsize, int64(stat.Bavail) * stat.Bsize, nil
}

// Used returns how many bytes of the disk a volume's files take.
func (s Store) Used(name string) (int64, error) {
	data, err := s.Data(name)
	if err != nil {
		return 0, err
	}
	var used int64
	err = filepath.WalkDir(data, func(path string, _ fs.DirEntry, err error) error {
		var stat unix.Stat_t
		if err == nil && unix.Lstat(path, &stat) == nil {
			used += stat.Blocks * 512
		}
		return nil
	})
	return used, err
}

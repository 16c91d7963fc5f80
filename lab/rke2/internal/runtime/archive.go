// Package runtime brings the programs a node needs out of the image archives in agent/images.
package runtime

import (
	"archive/tar"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"github.com/klauspost/compress/zstd"
)

var endings = []string{".tar", ".tar.gz", ".tgz", ".tar.zst", ".tzst", ".tar.zstd"}

// Archives returns the image archives of a folder in order of their names.
func Archives(folder string) []string {
	entries, _ := os.ReadDir(folder)
	var found []string
	for _, entry := range entries {
		if entry.Type().IsRegular() && slices.ContainsFunc(endings, func(end string) bool { return strings.HasSuffix(entry.Name(), end) }) {
			found = append(found, filepath.Join(folder, entry.Name()))
		}
	}
	sort.Strings(found)
	return found
}

type image struct {
	Config   string
	RepoTags []string
	Layers   []string
}

// walk calls visit for every member of an archive until visit says stop.
func walk(path string, visit func(*tar.Header, io.Reader) (stop bool, err error)) error {
	plain, err := Open(path)
	if err != nil {
		return err
	}
	defer plain.Close()
	members := tar.NewReader(plain)
	for {
		header, err := members.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		if stop, err := visit(header, members); stop || err != nil {
			return err
		}
	}
}

// opened is a decompressed stream and the file below it.
type opened struct {
	io.Reader
	closers []io.Closer
}

// Close closes the stream and the file.
func (o opened) Close() error {
	for _, closer := range o.closers {
		_ = closer.Close() // reading only: nothing can be lost
	}
	return nil
}

// Open returns an archive's content without its compression.
func Open(path string) (io.ReadCloser, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	switch {
	case strings.Contains(filepath.Ext(path), "zst"):
		decoder, err := zstd.NewReader(file, zstd.WithDecoderMaxWindow(1<<30))
		if err != nil {
			return nil, err
		}
		stream := decoder.IOReadCloser()
		return opened{stream, []io.Closer{stream, file}}, nil
	case strings.HasSuffix(path, "gz"):
		stream, err := gzip.NewReader(file)
		return opened{stream, []io.Closer{file}}, err
	}
	return file, nil
}

// find returns the image with this tag out of an archive, nil if the archive has none.
func find(path, tag string) (*image, error) {
	var found *image
	err := walk(path, func(header *tar.Header, content io.Reader) (bool, error) {
		if header.Name != "manifest.json" {
			return false, nil
		}
		var images []image
		if err := json.NewDecoder(content).Decode(&images); err != nil {
			return true, fmt.Errorf("%s: manifest.json: %w", path, err)
		}
		for index := range images {
			if slices.Contains(images[index].RepoTags, tag) {
				found = &images[index]
			}
		}
		return true, nil
	})
	return found, err
}

// unpack writes the files of an image's layers below a folder.
func unpack(path string, source *image, folder string) error {
	wanted := map[string]bool{}
	for _, layer := range source.Layers {
		wanted[layer] = true
	}
	return walk(path, func(header *tar.Header, content io.Reader) (bool, error) {
		if !wanted[header.Name] {
			return false, nil
		}
		delete(wanted, header.Name)
		return len(wanted) == 0, unpackLayer(tar.NewReader(content), folder)
	})
}

func unpackLayer(members *tar.Reader, folder string) error {
	for {
		header, err := members.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if !filepath.IsLocal(header.Name) {
			return fmt.Errorf("layer names a place outside the image: %s", header.Name)
		}
		if err := unpackMember(header, members, filepath.Join(folder, header.Name)); err != nil {
			return err
		}
	}
}

func unpackMember(header *tar.Header, content io.Reader, target string) error {
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return err
	}
	switch header.Typeflag {
	case tar.TypeDir:
		return os.MkdirAll(target, 0o755)
	case tar.TypeSymlink:
		return os.Symlink(header.Linkname, target)
	case tar.TypeReg:
		file, err := os.OpenFile(target, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, header.FileInfo().Mode().Perm())
		if err != nil {
			return err
		}
		defer file.Close()
		_, err = io.Copy(file, content)
		return err
	}
	return nil
}

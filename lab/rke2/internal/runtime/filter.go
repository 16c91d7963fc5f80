package runtime

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
)

// runtimeImage is never run: its programs are extracted.
const runtimeImage = "rancher/rke2-runtime:"

// Importable returns an archive as a plain tar stream without the runtime image. manifest.json has to be its first
// member for that; an archive that has it elsewhere comes whole.
func Importable(path string) (io.ReadCloser, error) {
	plain, err := Open(path)
	if err != nil {
		return nil, err
	}
	reader, writer := io.Pipe()
	go func() {
		defer plain.Close()
		writer.CloseWithError(copyImages(writer, plain))
	}()
	return reader, nil
}

func copyImages(target io.Writer, source io.Reader) error {
	members, kept, wanted := tar.NewReader(source), tar.NewWriter(target), map[string]bool(nil)
	for first := true; ; first = false {
		header, err := members.Next()
		if err == io.EOF {
			return kept.Close()
		}
		if err != nil {
			return err
		}
		content := io.Reader(members)
		if first && header.Name == "manifest.json" {
			if content, header.Size, wanted, err = withoutRuntime(members); err != nil {
				return err
			}
		} else if wanted != nil && !wanted[header.Name] {
			continue
		}
		if err := kept.WriteHeader(header); err != nil {
			return err
		}
		if _, err := io.Copy(kept, content); err != nil {
			return err
		}
		// The rest is not even decompressed: an emulated node would do that for half a minute.
		if delete(wanted, header.Name); wanted != nil && len(wanted) == 0 {
			return kept.Close()
		}
	}
}

// withoutRuntime returns a manifest without the runtime image, its size, and the members that the others need.
func withoutRuntime(manifest io.Reader) (io.Reader, int64, map[string]bool, error) {
	var images []image
	if err := json.NewDecoder(manifest).Decode(&images); err != nil {
		return nil, 0, nil, fmt.Errorf("manifest.json: %w", err)
	}
	images = slices.DeleteFunc(images, func(one image) bool {
		return slices.ContainsFunc(one.RepoTags, func(tag string) bool { return strings.HasPrefix(tag, runtimeImage) })
	})
	wanted := map[string]bool{}
	for _, one := range images {
		for _, name := range append(one.Layers, one.Config) {
			wanted[name] = true
		}
	}
	content, err := json.Marshal(images)
	return bytes.NewReader(content), int64(len(content)), wanted, err
}

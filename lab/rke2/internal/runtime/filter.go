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
	members, kept, dropped := tar.NewReader(source), tar.NewWriter(target), map[string]bool{}
	for first := true; ; first = false {
		header, err := members.Next()
		if err == io.EOF {
			return kept.Close()
		}
		if err != nil {
			return err
		}
		if dropped[header.Name] {
			continue
		}
		content := io.Reader(members)
		if first && header.Name == "manifest.json" {
			if content, header.Size, dropped, err = withoutRuntime(members); err != nil {
				return err
			}
		}
		if err := kept.WriteHeader(header); err != nil {
			return err
		}
		if _, err := io.Copy(kept, content); err != nil {
			return err
		}
	}
}

// withoutRuntime returns a manifest without the runtime image, its size, and the members that nobody else needs.
func withoutRuntime(manifest io.Reader) (io.Reader, int64, map[string]bool, error) {
	var images []image
	if err := json.NewDecoder(manifest).Decode(&images); err != nil {
		return nil, 0, nil, fmt.Errorf("manifest.json: %w", err)
	}
	dropped := map[string]bool{}
	kept := slices.DeleteFunc(slices.Clone(images), func(one image) bool {
		runtime := slices.ContainsFunc(one.RepoTags, func(tag string) bool { return strings.HasPrefix(tag, runtimeImage) })
		for _, name := range append(one.Layers, one.Config) {
			dropped[name] = dropped[name] || runtime
		}
		return runtime
	})
	for _, one := range kept {
		for _, name := range append(one.Layers, one.Config) {
			delete(dropped, name)
		}
	}
	content, err := json.Marshal(kept)
	return bytes.NewReader(content), int64(len(content)), dropped, err
}

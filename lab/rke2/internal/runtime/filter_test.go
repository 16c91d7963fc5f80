package runtime

import (
	"archive/tar"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const twoImages = `[{"Config":"a.json","RepoTags":["rancher/rke2-runtime:v1"],"Layers":["shared.tar","own.tar"]},` +
	`{"Config":"b.json","RepoTags":["rancher/hardened-etcd:v3"],"Layers":["shared.tar"]}]`

func archiveOf(t *testing.T, names ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "images.tar")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	writer := tar.NewWriter(file)
	defer writer.Close()
	for _, name := range names {
		text := name
		if name == "manifest.json" {
			text = twoImages
		}
		if err := writer.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(text))}); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(writer, text); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

func membersOf(t *testing.T, path string) map[string]string {
	t.Helper()
	stream, err := Importable(path)
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	found, members := map[string]string{}, tar.NewReader(stream)
	for {
		header, err := members.Next()
		if err == io.EOF {
			return found
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(members)
		if err != nil {
			t.Fatal(err)
		}
		found[header.Name] = string(content)
	}
}

func TestTheRuntimeImageIsNotImportedAndSharedLayersAre(t *testing.T) {
	found := membersOf(t, archiveOf(t, "manifest.json", "a.json", "b.json", "own.tar", "shared.tar"))
	for name, wanted := range map[string]bool{"a.json": false, "own.tar": false, "b.json": true, "shared.tar": true} {
		if _, there := found[name]; there != wanted {
			t.Errorf("%s is there: %v, want %v", name, there, wanted)
		}
	}
	manifest := found["manifest.json"]
	if strings.Contains(manifest, "rke2-runtime") || !strings.Contains(manifest, "hardened-etcd") {
		t.Errorf("manifest %s", manifest)
	}
}

func TestWhatComesAfterTheLastWantedMemberIsNotRead(t *testing.T) {
	path := archiveOf(t, "manifest.json", "a.json", "b.json", "shared.tar", "own.tar")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	// Five members of a header and a piece of content each; the last one is broken off.
	if err := os.WriteFile(path, whole[:9*512], 0o644); err != nil {
		t.Fatal(err)
	}
	if found := membersOf(t, path); found["shared.tar"] != "shared.tar" {
		t.Errorf("members %v", found)
	}
}

func TestAnArchiveWithItsManifestElsewhereComesWhole(t *testing.T) {
	names := []string{"a.json", "b.json", "own.tar", "shared.tar", "manifest.json"}
	found := membersOf(t, archiveOf(t, names...))
	if len(found) != len(names) || found["own.tar"] != "own.tar" || found["manifest.json"] != twoImages {
		t.Errorf("members %v", found)
	}
}

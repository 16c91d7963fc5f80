package runtime

import (
	"archive/tar"
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/klauspost/compress/zstd"

	"ironacre.test/lab/rke2/internal/layout"
)

func packed(t *testing.T, files map[string]string) []byte {
	t.Helper()
	var buffer bytes.Buffer
	writer := tar.NewWriter(&buffer)
	for _, name := range []string{"bin/kubelet", "../escape", "layer", "manifest.json"} {
		text, there := files[name]
		if !there {
			continue
		}
		if err := writer.WriteHeader(&tar.Header{Name: name, Mode: 0o755, Size: int64(len(text))}); err != nil {
			t.Fatal(err)
		}
		if _, err := writer.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	writer.Close()
	return buffer.Bytes()
}

func imagesWith(t *testing.T, member string) layout.Data {
	t.Helper()
	data := layout.Data(t.TempDir())
	manifest := `[{"Config":"0123456789abcdef.json","RepoTags":["rancher/rke2-runtime:v1.2.3-rke2r1"],"Layers":["layer"]}]`
	layer := packed(t, map[string]string{member: "program"})
	encoder, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	content := encoder.EncodeAll(packed(t, map[string]string{"layer": string(layer), "manifest.json": manifest}), nil)
	if err := layout.Write(data.Agent("images", "core.tar.zst"), content, 0o600); err != nil {
		t.Fatal(err)
	}
	return data
}

func TestRuntimeOfThisVersionIsUnpackedAndLinked(t *testing.T) {
	data := imagesWith(t, "bin/kubelet")
	folder, err := Stage(data, "v1.2.3+rke2r1")
	if err != nil {
		t.Fatal(err)
	}
	if want := data.Path("data", "v1.2.3-rke2r1-0123456789ab", "bin"); folder != want {
		t.Errorf("staged in %q, want %q", folder, want)
	}
	if target, _ := os.Readlink(data.Path("bin")); target != folder {
		t.Errorf("bin points at %q", target)
	}
}

func TestMissingRuntimeIsNamed(t *testing.T) {
	data := imagesWith(t, "bin/kubelet")
	if _, err := Stage(data, "v9.9.9+rke2r1"); err == nil {
		t.Error("a version that is in no archive was staged")
	}
}

func TestLayerMayNotLeaveItsFolder(t *testing.T) {
	data := imagesWith(t, "../escape")
	if _, err := Stage(data, "v1.2.3+rke2r1"); err == nil {
		t.Error("a layer wrote outside its folder")
	}
	if _, err := os.Stat(filepath.Join(string(data), "data", "escape")); err == nil {
		t.Error("the file is there")
	}
}

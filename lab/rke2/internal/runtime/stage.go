package runtime

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"ironacre.test/lab/rke2/internal/layout"
	"ironacre.test/lab/rke2/internal/logx"
)

// ImageTag returns a version as image tags write it: they have no "+".
func ImageTag(version string) string { return strings.ReplaceAll(version, "+", "-") }

// Stage makes the folder data/<tag>-<digest>/bin from the runtime image and points the link "bin" at it.
// It returns the folder with the programs.
func Stage(data layout.Data, version string) (string, error) {
	tag := "rancher/rke2-runtime:" + ImageTag(version)
	images := data.Agent("images")
	if ready := staged(data, version); ready != "" {
		return ready, nil
	}
	for _, archive := range Archives(images) {
		found, err := find(archive, tag)
		if err != nil {
			return "", err
		}
		if found == nil {
			continue
		}
		logx.Info("Extracting the runtime image %s from %s", tag, archive)
		return extract(data, version, archive, found)
	}
	return "", fmt.Errorf("image %s is in no archive of %s, and there is no registry to pull it from", tag, images)
}

// staged returns the folder of an earlier extraction of this version, and points "bin" at it again.
func staged(data layout.Data, version string) string {
	found, _ := filepath.Glob(data.Path("data", ImageTag(version)+"-*", ".extracted"))
	if len(found) == 0 {
		return ""
	}
	folder := filepath.Dir(found[0])
	if err := link(data, folder); err != nil {
		return ""
	}
	return filepath.Join(folder, "bin")
}

func extract(data layout.Data, version, archive string, source *image) (string, error) {
	digest := strings.TrimSuffix(filepath.Base(source.Config), ".json")
	folder := data.Path("data", ImageTag(version)+"-"+digest[:min(12, len(digest))])
	if err := os.RemoveAll(folder); err != nil {
		return "", err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", err
	}
	if err := unpack(archive, source, folder); err != nil {
		return "", err
	}
	if err := os.MkdirAll(filepath.Join(folder, "charts"), 0o755); err != nil {
		return "", err
	}
	if err := os.WriteFile(filepath.Join(folder, ".extracted"), nil, 0o644); err != nil {
		return "", err
	}
	return filepath.Join(folder, "bin"), link(data, folder)
}

func link(data layout.Data, folder string) error {
	target, name := filepath.Join(folder, "bin"), data.Path("bin")
	if old, err := os.Readlink(name); err == nil && old == target {
		return nil
	}
	temporary := name + ".new"
	_ = os.Remove(temporary)
	if err := os.Symlink(target, temporary); err != nil {
		return err
	}
	return os.Rename(temporary, name)
}

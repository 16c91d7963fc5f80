package agent

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"ironacre.test/lab/rke2/internal/layout"
	"ironacre.test/lab/rke2/internal/logx"
	"ironacre.test/lab/rke2/internal/runtime"
)

// stamp is how an archive looked when it was imported.
type stamp struct {
	Size  int64 `json:"size"`
	MTime int64 `json:"mtime"`
}

// importImages brings the archives of agent/images into containerd, each once. An archive that did not change since is
// not read again. The layers are unpacked when a pod first needs them: not every node runs every image, and none runs the
// runtime image.
func (a *Agent) importImages(ctx context.Context) error {
	cachePath := a.Data.Agent("images", ".cache.json")
	cache := map[string]stamp{}
	if content, err := os.ReadFile(cachePath); err == nil {
		_ = json.Unmarshal(content, &cache) // an unreadable cache costs a second import, nothing else
	}
	fresh := map[string]stamp{}
	for _, archive := range runtime.Archives(a.Data.Agent("images")) {
		info, err := os.Stat(archive)
		if err != nil {
			return err
		}
		now := stamp{info.Size(), info.ModTime().UnixNano()}
		if cache[archive] != now || !a.hasContent() {
			logx.Info("Importing images from %s", archive)
			if err := a.importArchive(ctx, archive); err != nil {
				return err
			}
		}
		fresh[archive] = now
	}
	content, err := json.Marshal(fresh)
	if err != nil || len(fresh) == 0 {
		return err
	}
	return layout.Write(cachePath, content, 0o644)
}

// hasContent tells whether containerd's store was filled before; it may have been removed under an old cache file.
func (a *Agent) hasContent() bool {
	found, _ := filepath.Glob(a.Data.Agent("containerd", "io.containerd.content.v1.content", "blobs", "sha256", "*"))
	return len(found) > 0
}

func (a *Agent) importArchive(ctx context.Context, archive string) error {
	plain, err := runtime.Importable(archive)
	if err != nil {
		return err
	}
	defer plain.Close()
	command := exec.CommandContext(ctx, filepath.Join(a.Bin, "ctr"), "--address", layout.ContainerdSocket, "--namespace", "k8s.io",
		"images", "import", "--no-unpack", "-")
	command.Stdin = plain
	if output, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("failed to import images from %s: %w: %s", archive, err, output)
	}
	return nil
}

// Package layout names the files and folders below RKE2's data folder.
package layout

import (
	"os"
	"path/filepath"
	"strings"
)

// Fixed places outside the data folder.
const (
	NodePassword     = "/etc/rancher/node/password"
	PodSecurity      = "/etc/rancher/rke2/rke2-pss.yaml"
	ContainerdState  = "/run/k3s/containerd"
	ContainerdSocket = "/run/k3s/containerd/containerd.sock"
	CNIBin           = "/opt/cni/bin"
	CNIConf          = "/etc/cni/net.d"
)

// Data is the data folder.
type Data string

// Path joins names below the data folder.
func (d Data) Path(names ...string) string {
	return filepath.Join(append([]string{string(d)}, names...)...)
}

// TLS joins names below the server's certificate folder.
func (d Data) TLS(names ...string) string {
	return d.Path(append([]string{"server", "tls"}, names...)...)
}

// Agent joins names below the agent's folder.
func (d Data) Agent(names ...string) string { return d.Path(append([]string{"agent"}, names...)...) }

// Cred joins names below the server's kubeconfig folder.
func (d Data) Cred(names ...string) string {
	return d.Path(append([]string{"server", "cred"}, names...)...)
}

// Write puts content into a file that appears whole or not at all; the folders above it are made. A file that has
// this content already is left alone, so that nobody who watches it is woken.
func Write(path string, content []byte, mode os.FileMode) error {
	if old, err := os.ReadFile(path); err == nil && string(old) == string(content) {
		return os.Chmod(path, mode)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	temporary := filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+".new")
	if err := os.WriteFile(temporary, content, mode); err != nil {
		return err
	}
	if err := os.Chmod(temporary, mode); err != nil {
		return err
	}
	return os.Rename(temporary, path)
}

// ReadText returns a file's content without the space around it, "" if it cannot be read.
func ReadText(path string) string {
	content, _ := os.ReadFile(path)
	return strings.TrimSpace(string(content))
}

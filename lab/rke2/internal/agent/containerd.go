package agent

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"ironacre.test/lab/rke2/internal/child"
	"ironacre.test/lab/rke2/internal/layout"
	"ironacre.test/lab/rke2/internal/logx"
)

// PauseImage is the image of every pod's first container; it is pinned, so that no clean-up takes it away.
const PauseImage = "registry.k8s.io/pause:3.10.1"

const containerdConfig = `version = 3
root = %[1]q
state = %[2]q
[grpc]
  address = %[3]q
[plugins."io.containerd.internal.v1.opt"]
  path = %[1]q
[plugins."io.containerd.cri.v1.images"]
  snapshotter = %[4]q
[plugins."io.containerd.cri.v1.images".pinned_images]
  sandbox = %[5]q
[plugins."io.containerd.cri.v1.images".registry]
  config_path = %[6]q
[plugins."io.containerd.cri.v1.runtime"]
  restrict_oom_score_adj = %[7]t
  device_ownership_from_security_context = %[8]t
[plugins."io.containerd.cri.v1.runtime".cni]
  bin_dirs = [%[9]q]
  conf_dir = %[10]q
[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"
  [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc.options]
    SystemdCgroup = false
`

// startContainerd writes the configuration, starts containerd and waits until it answers.
func (a *Agent) startContainerd(ctx context.Context) error {
	path := a.Data.Agent("etc", "containerd", "config.toml")
	text := fmt.Sprintf(containerdConfig, a.Data.Agent("containerd"), layout.ContainerdState, layout.ContainerdSocket,
		a.Config.Text("snapshotter"), PauseImage, a.Data.Agent("etc", "containerd", "certs.d"), !mayLowerOOMScore(),
		a.Config.On("nonroot-devices"), layout.CNIBin, layout.CNIConf)
	if err := layout.Write(path, []byte(text), 0o600); err != nil {
		return err
	}
	if err := os.MkdirAll(layout.ContainerdState, 0o711); err != nil {
		return err
	}
	a.keep(ctx, child.Program{
		Name: "containerd", Path: filepath.Join(a.Bin, "containerd"), Args: []string{"-c", path},
		Log: a.Data.Agent("containerd", "containerd.log"),
	})
	return waitForSocket(ctx, layout.ContainerdSocket, time.Minute)
}

func waitForSocket(ctx context.Context, path string, limit time.Duration) error {
	for end := time.Now().Add(limit); ; {
		connection, err := net.Dial("unix", path)
		if err == nil {
			return connection.Close()
		}
		if time.Now().After(end) {
			return fmt.Errorf("containerd does not answer: %w", err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// mayLowerOOMScore tells whether the kernel lets us make a process less likely to be killed (CAP_SYS_RESOURCE, bit 24).
// Without it runc fails on every container that asks for it.
func mayLowerOOMScore() bool {
	status, _ := os.ReadFile("/proc/self/status")
	for _, line := range strings.Split(string(status), "\n") {
		if text, found := strings.CutPrefix(line, "CapEff:"); found {
			mask, err := strconv.ParseUint(strings.TrimSpace(text), 16, 64)
			return err == nil && mask&(1<<24) != 0
		}
	}
	return false
}

// prepareKernel sets what pods' traffic needs. Settings of other people's kernels are left alone if they are read-only.
func prepareKernel() error {
	if err := exec.Command("mount", "--make-rshared", "/").Run(); err != nil {
		return fmt.Errorf("mount --make-rshared /: %w", err)
	}
	if err := os.WriteFile("/proc/sys/net/ipv4/ip_forward", []byte("1"), 0o644); err != nil {
		return err
	}
	for _, name := range []string{"net/bridge/bridge-nf-call-iptables", "net/ipv6/conf/all/forwarding"} {
		if err := os.WriteFile("/proc/sys/"+name, []byte("1"), 0o644); err != nil {
			logx.Warn("Failed to set /proc/sys/%s: %v", name, err)
		}
	}
	return nil
}

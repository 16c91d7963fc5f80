// Command longhorn-manager is the lab's stand-in for Longhorn: Longhorn's API objects and CSI driver name, with plain
// folders on one shared file system in place of replicated block devices. docs/lab-longhorn.md says what it imitates.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"

	"github.com/go-logr/logr"
	ctrl "sigs.k8s.io/controller-runtime"

	"ironacre.test/lab/longhorn/node"
	"ironacre.test/lab/longhorn/volumes"
)

var version = "v1.12.0"

func main() {
	if len(os.Args) < 2 {
		fail(fmt.Errorf("usage: longhorn-manager daemon|csi|deploy-driver"))
	}
	ctrl.SetLogger(logr.FromSlogHandler(slog.NewTextHandler(os.Stderr, nil)))
	ctx := ctrl.SetupSignalHandler()
	if err := run(ctx, os.Args[1]); err != nil {
		fail(err)
	}
}

func run(ctx context.Context, command string) error {
	switch command {
	case "daemon":
		return manage(ctx)
	case "csi":
		plugin := &node.Plugin{Node: os.Getenv("NODE_NAME"), Version: version, Store: volumes.Store{Root: diskPath()}}
		return node.Serve(ctx, plugin, env("KUBELET_ROOT", "/var/lib/kubelet"))
	case "deploy-driver":
		return deployDriver(ctx)
	}
	return fmt.Errorf("%s: not a command of the Longhorn stand-in", command)
}

func diskPath() string { return env("DATA_PATH", "/var/lib/longhorn") }

func env(name, fallback string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return fallback
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

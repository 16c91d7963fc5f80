// Command kube is Kubernetes and etcd in one binary: the program is chosen by the name it is called by,
// or by its first argument when it is called kube. The programs share nearly all their code.
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"go.etcd.io/etcd/etcdutl/v3/etcdutl"
	"go.etcd.io/etcd/server/v3/etcdmain"
	"k8s.io/component-base/cli"
	kubectlcmd "k8s.io/kubectl/pkg/cmd"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	proxy "k8s.io/kubernetes/cmd/kube-proxy/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
	kubelet "k8s.io/kubernetes/cmd/kubelet/app"
)

// programs are the commands that run under the component-base frame.
var programs = map[string]func() *cobra.Command{
	"kube-apiserver":          apiserver.NewAPIServerCommand,
	"kube-controller-manager": controllermanager.NewControllerManagerCommand,
	"kube-scheduler":          func() *cobra.Command { return scheduler.NewSchedulerCommand() },
	"kubelet":                 func() *cobra.Command { return kubelet.NewKubeletCommand(context.Background()) },
	"kube-proxy":              proxy.NewProxyCommand,
	"etcdutl":                 snapshotTool,
	"kubectl":                 func() *cobra.Command { return kubectlcmd.NewDefaultKubectlCommand() },
}

func main() {
	args := os.Args
	if filepath.Base(args[0]) == "kube" && len(args) > 1 {
		args = args[1:]
	}
	os.Exit(run(filepath.Base(args[0]), args))
}

// snapshotTool is the part of etcdutl that restores a snapshot into a data folder.
func snapshotTool() *cobra.Command {
	root := &cobra.Command{Use: "etcdutl"}
	root.PersistentFlags().StringVarP(&etcdutl.OutputFormat, "write-out", "w", "simple", "output format")
	root.AddCommand(etcdutl.NewSnapshotCommand())
	return root
}

// run starts the program; os.Args is set because kubectl and etcd read it themselves.
func run(name string, args []string) int {
	os.Args = args
	switch name {
	case "etcd":
		etcdmain.Main(args)
		return 0
	}
	program, known := programs[name]
	if !known {
		fmt.Fprintf(os.Stderr, "%s: not part of this binary\n", name)
		return 2
	}
	return cli.Run(program())
}

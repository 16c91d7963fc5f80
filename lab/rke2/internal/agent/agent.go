// Package agent is the part of RKE2 that every node runs: containerd, the kubelet, kube-proxy and the pod network.
package agent

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"ironacre.test/lab/rke2/internal/child"
	"ironacre.test/lab/rke2/internal/config"
	"ironacre.test/lab/rke2/internal/join"
	"ironacre.test/lab/rke2/internal/layout"
	"ironacre.test/lab/rke2/internal/logx"
	"ironacre.test/lab/rke2/internal/token"
)

// Agent is one node. Bin is the folder with the node's programs.
type Agent struct {
	Config  *config.Config
	Data    layout.Data
	Bin     string
	Node    string
	Address string
	// Client makes a talk to the supervisor; on a server it goes to itself.
	Client func(context.Context) (*join.Client, error)
	// Servers hears of the addresses of the API servers, nil on a server.
	Servers func([]string)
	// Started hears of every long-running program; its end is waited for when the service stops.
	Started func(func())
}

// apiServer is where the node's parts find the API: on a server it is the API itself, on an agent the balancer.
const apiServer = "https://127.0.0.1:6443"

// Run brings the node up. It returns when the kubelet has been started; the programs go on until the context ends.
func (a *Agent) Run(ctx context.Context) error {
	answer, err := a.retrieve(ctx)
	if err != nil {
		return err
	}
	if err := a.writeFiles(answer); err != nil {
		return err
	}
	if err := prepareKernel(); err != nil {
		return err
	}
	if err := a.startContainerd(ctx); err != nil {
		return err
	}
	if err := a.importImages(ctx); err != nil {
		return err
	}
	if err := a.installPlugins(); err != nil {
		return err
	}
	if err := a.startKubelet(ctx, answer.Cluster); err != nil {
		return err
	}
	if !answer.Cluster.DisableKubeProxy {
		a.startProxy(ctx, answer.Cluster)
	}
	if !strings.HasSuffix(answer.Cluster.CNI, "none") {
		a.Started(func() { a.keepNetwork(ctx, answer.Cluster) })
	}
	return nil
}

// retrieve asks the server for certificates and settings until it gets them.
func (a *Agent) retrieve(ctx context.Context) (*join.AgentAnswer, error) {
	password, err := nodePassword()
	if err != nil {
		return nil, err
	}
	request := join.AgentRequest{Node: a.Node, Password: password, Addresses: []string{a.Address}}
	for {
		answer, err := a.ask(ctx, request)
		if err == nil {
			return answer, nil
		}
		logx.Info("Waiting to retrieve agent configuration; server is not ready: %v", err)
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(3 * time.Second):
		}
	}
}

func (a *Agent) ask(ctx context.Context, request join.AgentRequest) (*join.AgentAnswer, error) {
	client, err := a.Client(ctx)
	if err != nil {
		return nil, err
	}
	var answer join.AgentAnswer
	if err := client.Call(ctx, join.PathAgent, request, &answer); err != nil {
		return nil, err
	}
	if a.Servers != nil {
		a.Servers(answer.Servers)
	}
	return &answer, nil
}

// nodePassword returns what proves that this node is the one that took its name first.
func nodePassword() (string, error) {
	if password := layout.ReadText(layout.NodePassword); password != "" {
		return password, nil
	}
	password := token.Random(16)
	return password, layout.Write(layout.NodePassword, []byte(password+"\n"), 0o600)
}

func (a *Agent) writeFiles(answer *join.AgentAnswer) error {
	for name, content := range answer.Files {
		mode := os.FileMode(0o644)
		if strings.HasSuffix(name, ".key") {
			mode = 0o600
		}
		if err := layout.Write(a.Data.Agent(filepath.Clean("/"+name)), content, mode); err != nil {
			return err
		}
	}
	for _, name := range []string{"kubelet", "kubeproxy", "rke2controller"} {
		certificate := map[string]string{
			"kubelet": "client-kubelet", "kubeproxy": "client-kube-proxy", "rke2controller": "client-rke2-controller",
		}[name]
		text := Kubeconfig(apiServer, a.Data.Agent("server-ca.crt"), a.Data.Agent(certificate+".crt"), a.Data.Agent(certificate+".key"))
		if err := layout.Write(a.Data.Agent(name+".kubeconfig"), []byte(text), 0o600); err != nil {
			return err
		}
	}
	crictl := fmt.Sprintf("runtime-endpoint: unix://%s\nimage-endpoint: unix://%s\n", layout.ContainerdSocket, layout.ContainerdSocket)
	return layout.Write(a.Data.Agent("etc", "crictl.yaml"), []byte(crictl), 0o644)
}

// Kubeconfig returns a kubeconfig that names its certificates as files.
func Kubeconfig(server, authority, certificate, key string) string {
	return fmt.Sprintf(`apiVersion: v1
kind: Config
clusters:
- name: local
  cluster: {server: %q, certificate-authority: %q}
users:
- name: user
  user: {client-certificate: %q, client-key: %q}
contexts:
- name: Default
  context: {cluster: local, user: user, namespace: default}
current-context: Default
`, server, authority, certificate, key)
}

func (a *Agent) keep(ctx context.Context, program child.Program) {
	program.Env = append(program.Env, "PATH="+a.Bin+":"+os.Getenv("PATH"))
	a.Started(func() { child.Keep(ctx, program) })
}

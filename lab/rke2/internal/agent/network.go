package agent

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"

	"ironacre.test/lab/rke2/internal/join"
	"ironacre.test/lab/rke2/internal/layout"
	"ironacre.test/lab/rke2/internal/logx"
)

// routeProtocol marks the routes that are ours, so that stale ones can be found and nobody else's are touched.
const routeProtocol = "157"

const networkConfig = `{
  "cniVersion": "1.0.0",
  "name": "k8s-pod-network",
  "plugins": [
    {"type": "bridge", "bridge": "cni0", "isGateway": true, "isDefaultGateway": true, "hairpinMode": true, "promiscMode": false,
     "ipam": {"type": "host-local", "ranges": [[{"subnet": %q}]]}},
    {"type": "portmap", "capabilities": {"portMappings": true}, "snat": true}
  ]
}
`

// installPlugins copies the network plugins to where containerd and Multus look for them.
func (a *Agent) installPlugins() error {
	source := filepath.Join(filepath.Dir(a.Bin), "cni")
	entries, err := os.ReadDir(source)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(layout.CNIBin, 0o755); err != nil {
		return err
	}
	for _, entry := range entries {
		if err := copyProgram(filepath.Join(source, entry.Name()), filepath.Join(layout.CNIBin, entry.Name())); err != nil {
			return err
		}
	}
	return nil
}

// copyProgram replaces a program as a whole; one that may be running cannot be written to.
func copyProgram(source, target string) error {
	from, err := os.Stat(source)
	if err != nil {
		return err
	}
	if to, err := os.Stat(target); err == nil && to.Size() == from.Size() && !to.ModTime().Before(from.ModTime()) {
		return nil
	}
	in, err := os.Open(source)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(target+".new", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o755)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		out.Close()
		return err
	}
	if err := out.Close(); err != nil {
		return err
	}
	return os.Rename(target+".new", target)
}

// keepNetwork gives this node's pods their addresses and the other nodes' pods a route, as the nodes come and go.
func (a *Agent) keepNetwork(ctx context.Context, cluster join.Cluster) {
	settings, err := clientcmd.BuildConfigFromFlags("", a.Data.Agent("rke2controller.kubeconfig"))
	if err != nil {
		logx.Error("pod network: %v", err)
		return
	}
	settings.UserAgent = "rke2-network"
	client, err := kubernetes.NewForConfig(settings)
	if err != nil {
		logx.Error("pod network: %v", err)
		return
	}
	changed := make(chan struct{}, 1)
	wake := func() {
		select {
		case changed <- struct{}{}:
		default:
		}
	}
	factory := informers.NewSharedInformerFactory(client, 0)
	nodes := factory.Core().V1().Nodes()
	_, err = nodes.Informer().AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    func(any) { wake() },
		UpdateFunc: func(_, _ any) { wake() },
		DeleteFunc: func(any) { wake() },
	})
	if err != nil {
		logx.Error("pod network: %v", err)
		return
	}
	waitForNodes(ctx, client)
	factory.Start(ctx.Done())
	seen := ""
	for {
		select {
		case <-ctx.Done():
			return
		case <-changed:
		case <-time.After(time.Minute):
			seen = "" // somebody may have flushed the routes
		}
		seen = a.connect(nodes.Informer().GetStore().List(), cluster, seen)
	}
}

// waitForNodes waits until the nodes may be listed. A fresh API refuses for a moment, and an informer that is refused
// waits longer and longer, while pods wait for their network.
func waitForNodes(ctx context.Context, client kubernetes.Interface) {
	for ctx.Err() == nil {
		if _, err := client.CoreV1().Nodes().List(ctx, metav1.ListOptions{Limit: 1}); err == nil {
			return
		}
		select {
		case <-ctx.Done():
		case <-time.After(500 * time.Millisecond):
		}
	}
}

// connect applies the nodes' pod networks if they differ from what was applied before; it returns what is applied now.
func (a *Agent) connect(objects []any, cluster join.Cluster, seen string) string {
	own, others := "", map[string]string{}
	for _, object := range objects {
		node, ok := object.(*corev1.Node)
		if !ok || node.Spec.PodCIDR == "" {
			continue
		}
		if node.Name == a.Node {
			own = node.Spec.PodCIDR
		} else if address := internalAddress(node); address != "" {
			others[node.Spec.PodCIDR] = address
		}
	}
	now := fmt.Sprint(own, others)
	if now == seen || own == "" {
		return seen
	}
	if err := a.apply(own, others, cluster.ClusterCIDR); err != nil {
		logx.Error("pod network: %v", err)
		return ""
	}
	return now
}

func (a *Agent) apply(own string, others map[string]string, clusterCIDR string) error {
	text := fmt.Sprintf(networkConfig, own)
	if err := layout.Write(filepath.Join(layout.CNIConf, "10-canal.conflist"), []byte(text), 0o600); err != nil {
		return err
	}
	for cidr, address := range others {
		if output, err := exec.Command("ip", "route", "replace", cidr, "via", address, "proto", routeProtocol).CombinedOutput(); err != nil {
			return fmt.Errorf("ip route replace %s via %s: %s", cidr, address, output)
		}
	}
	if err := dropStaleRoutes(others); err != nil {
		return err
	}
	return masquerade(clusterCIDR)
}

func dropStaleRoutes(wanted map[string]string) error {
	output, err := exec.Command("ip", "-o", "route", "show", "proto", routeProtocol).Output()
	if err != nil {
		return fmt.Errorf("ip route show: %w", err)
	}
	for _, line := range strings.Split(string(output), "\n") {
		fields := strings.Fields(line)
		if len(fields) == 0 || wanted[fields[0]] != "" {
			continue
		}
		if err := exec.Command("ip", "route", "del", fields[0], "proto", routeProtocol).Run(); err != nil {
			return fmt.Errorf("ip route del %s: %w", fields[0], err)
		}
	}
	return nil
}

// masquerade hides pods behind the node when they leave the cluster; inside it they keep their addresses.
func masquerade(clusterCIDR string) error {
	rule := []string{
		"POSTROUTING", "-s", clusterCIDR, "!", "-d", clusterCIDR,
		"-m", "comment", "--comment", "cali: pods leave the cluster", "-j", "MASQUERADE",
	}
	if exec.Command("iptables", append([]string{"-w", "-t", "nat", "-C"}, rule...)...).Run() == nil {
		return nil
	}
	if output, err := exec.Command("iptables", append([]string{"-w", "-t", "nat", "-A"}, rule...)...).CombinedOutput(); err != nil {
		return fmt.Errorf("iptables: %s", output)
	}
	return nil
}

func internalAddress(node *corev1.Node) string {
	for _, address := range node.Status.Addresses {
		if address.Type == corev1.NodeInternalIP && net.ParseIP(address.Address).To4() != nil {
			return address.Address
		}
	}
	return ""
}

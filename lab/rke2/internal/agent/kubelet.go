package agent

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"

	"ironacre.test/lab/rke2/internal/child"
	"ironacre.test/lab/rke2/internal/join"
	"ironacre.test/lab/rke2/internal/layout"
)

// The disk belongs to a machine that does other things: it counts as full late, and images are never cleaned up,
// because without a registry nothing brings them back.
const kubeletConfig = `apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
address: 0.0.0.0
authentication:
  anonymous: {enabled: false}
  webhook: {enabled: true}
  x509: {clientCAFile: %[1]q}
authorization: {mode: Webhook}
cgroupDriver: cgroupfs
failCgroupV1: false
clusterDNS: [%[2]q]
clusterDomain: %[3]q
containerRuntimeEndpoint: unix://%[4]s
evictionHard: {imagefs.available: 5%%, nodefs.available: 5%%}
evictionMinimumReclaim: {imagefs.available: 10%%, nodefs.available: 10%%}
failSwapOn: false
healthzBindAddress: 127.0.0.1
imageGCHighThresholdPercent: 100
serializeImagePulls: false
staticPodPath: %[5]q
syncFrequency: 30s
tlsCertFile: %[6]q
tlsPrivateKeyFile: %[7]q
volumePluginDir: /var/lib/kubelet/volumeplugins
`

// startKubelet writes the kubelet's defaults and starts it; kubelet-arg settings come last and win.
func (a *Agent) startKubelet(ctx context.Context, cluster join.Cluster) error {
	text := fmt.Sprintf(kubeletConfig, a.Data.Agent("client-ca.crt"), cluster.ClusterDNS, cluster.ClusterDomain,
		layout.ContainerdSocket, a.Data.Agent("pod-manifests"), a.Data.Agent("serving-kubelet.crt"), a.Data.Agent("serving-kubelet.key"))
	folder := a.Data.Agent("etc", "kubelet.conf.d")
	if err := layout.Write(filepath.Join(folder, "00-rke2-defaults.conf"), []byte(text), 0o600); err != nil {
		return err
	}
	args := []string{
		"--config-dir=" + folder,
		"--hostname-override=" + a.Node,
		"--kubeconfig=" + a.Data.Agent("kubelet.kubeconfig"),
		"--node-ip=" + a.Address,
		"--node-labels=" + strings.Join(a.kubeletLabels(), ","),
	}
	if taints := a.Config.List("node-taint"); len(taints) > 0 {
		args = append(args, "--register-with-taints="+strings.Join(taints, ","))
	}
	a.keep(ctx, child.Program{
		Name: "kubelet", Path: filepath.Join(a.Bin, "kubelet"), Args: append(args, Flags(a.Config.List("kubelet-arg"))...),
		Log: a.Data.Agent("logs", "kubelet.log"),
	})
	return nil
}

// kubeletLabels leaves out what a kubelet may not give itself; the server sets those.
func (a *Agent) kubeletLabels() []string {
	labels := []string{"node.kubernetes.io/instance-type=rke2"}
	for _, label := range a.Config.List("node-label") {
		if !strings.HasPrefix(label, "node-role.kubernetes.io/") {
			labels = append(labels, label)
		}
	}
	return labels
}

// Flags turns "name=value" into "--name=value".
func Flags(settings []string) []string {
	flags := []string{}
	for _, setting := range settings {
		flags = append(flags, "--"+strings.TrimLeft(setting, "-"))
	}
	return flags
}

func (a *Agent) startProxy(ctx context.Context, cluster join.Cluster) {
	args := []string{
		"--cluster-cidr=" + cluster.ClusterCIDR,
		"--conntrack-max-per-core=0",
		"--conntrack-tcp-timeout-close-wait=0s",
		"--conntrack-tcp-timeout-established=0s",
		"--healthz-bind-address=127.0.0.1",
		"--hostname-override=" + a.Node,
		"--kubeconfig=" + a.Data.Agent("kubeproxy.kubeconfig"),
		"--proxy-mode=iptables",
	}
	a.keep(ctx, child.Program{
		Name: "kube-proxy", Path: filepath.Join(a.Bin, "kube-proxy"), Args: append(args, Flags(a.Config.List("kube-proxy-arg"))...),
		Log: a.Data.Agent("logs", "kube-proxy.log"),
	})
}

// WaitForNode waits until the API knows this node.
func (a *Agent) WaitForNode(ctx context.Context) error {
	settings, err := clientcmd.BuildConfigFromFlags("", a.Data.Agent("kubelet.kubeconfig"))
	if err != nil {
		return err
	}
	settings.UserAgent = "rke2-agent"
	client, err := kubernetes.NewForConfig(settings)
	if err != nil {
		return err
	}
	for {
		if _, err := client.CoreV1().Nodes().Get(ctx, a.Node, metav1.GetOptions{}); err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Second):
		}
	}
}

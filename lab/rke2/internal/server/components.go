package server

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/yaml"

	"ironacre.test/lab/rke2/internal/agent"
	"ironacre.test/lab/rke2/internal/layout"
	"ironacre.test/lab/rke2/internal/runtime"
)

// The images' names follow RKE2's; the stamp after "build" is ours.
const imageBuild = "-build20261121"

// component is one static pod.
type component struct {
	name   string
	image  string
	args   []string
	cpu    string
	memory string
	probe  corev1.ProbeHandler
	// changes are files whose new content must restart the pod.
	changes []string
}

func (s *Server) kubernetesImage() string {
	return "rancher/hardened-kubernetes:" + runtime.ImageTag(s.Version) + imageBuild
}

func (s *Server) etcdImage() string { return "rancher/hardened-etcd:v3.6.5-k3s1" + imageBuild }

func (s *Server) writeEtcd() error {
	return s.writePod(component{
		name: "etcd", image: s.etcdImage(), cpu: "200m", memory: "256Mi",
		args:    append([]string{"etcd", "--config-file=" + s.etcdConfigPath()}, agent.Flags(s.Config.List("etcd-arg"))...),
		probe:   get("http", 2381, "/health?serializable=true"),
		changes: append(s.certificatesOf("etcd"), s.etcdConfigPath()),
	})
}

func (s *Server) writeAPIServer() error {
	domain := s.Config.Text("cluster-domain")
	args := []string{
		"--admission-control-config-file=" + layout.PodSecurity,
		"--advertise-address=" + s.Address,
		"--allow-privileged=true",
		"--anonymous-auth=false",
		"--api-audiences=https://kubernetes.default.svc." + domain + ",rke2",
		"--authorization-mode=Node,RBAC",
		"--bind-address=0.0.0.0",
		"--client-ca-file=" + s.Data.TLS("client-ca.crt"),
		"--enable-admission-plugins=NodeRestriction",
		"--enable-aggregator-routing=true",
		"--enable-bootstrap-token-auth=true",
		"--encryption-provider-config=" + s.Data.Cred("encryption-config.json"),
		"--etcd-cafile=" + s.Data.TLS("etcd", "server-ca.crt"),
		"--etcd-certfile=" + s.Data.TLS("etcd", "client.crt"),
		"--etcd-keyfile=" + s.Data.TLS("etcd", "client.key"),
		"--etcd-servers=https://127.0.0.1:2379",
		"--kubelet-certificate-authority=" + s.Data.TLS("server-ca.crt"),
		"--kubelet-client-certificate=" + s.Data.TLS("client-kube-apiserver.crt"),
		"--kubelet-client-key=" + s.Data.TLS("client-kube-apiserver.key"),
		"--kubelet-preferred-address-types=InternalIP,ExternalIP,Hostname",
		"--profiling=false",
		"--proxy-client-cert-file=" + s.Data.TLS("client-auth-proxy.crt"),
		"--proxy-client-key-file=" + s.Data.TLS("client-auth-proxy.key"),
		"--requestheader-allowed-names=system:auth-proxy",
		"--requestheader-client-ca-file=" + s.Data.TLS("request-header-ca.crt"),
		"--requestheader-extra-headers-prefix=X-Remote-Extra-",
		"--requestheader-group-headers=X-Remote-Group",
		"--requestheader-username-headers=X-Remote-User",
		"--secure-port=6443",
		"--service-account-issuer=https://kubernetes.default.svc." + domain,
		"--service-account-key-file=" + s.Data.TLS("service.key"),
		"--service-account-signing-key-file=" + s.Data.TLS("service.current.key"),
		"--service-cluster-ip-range=" + s.Config.List("service-cidr")[0],
		"--service-node-port-range=" + s.Config.Text("service-node-port-range"),
		"--storage-backend=etcd3",
		"--tls-cert-file=" + s.Data.TLS("serving-kube-apiserver.crt"),
		"--tls-private-key-file=" + s.Data.TLS("serving-kube-apiserver.key"),
	}
	return s.writePod(component{
		name: "kube-apiserver", image: s.kubernetesImage(), cpu: "250m", memory: "512Mi",
		args:    append([]string{"kube-apiserver"}, replace(args, agent.Flags(s.Config.List("kube-apiserver-arg")))...),
		probe:   corev1.ProbeHandler{TCPSocket: &corev1.TCPSocketAction{Host: "127.0.0.1", Port: intstr.FromInt32(6443)}},
		changes: append(s.certificatesOf("api-server", "auth-proxy", "etcd"), layout.PodSecurity),
	})
}

func (s *Server) writeControllers() error {
	manager := []string{
		"--allocate-node-cidrs=true",
		"--authentication-kubeconfig=" + s.Data.Cred("controller.kubeconfig"),
		"--authorization-kubeconfig=" + s.Data.Cred("controller.kubeconfig"),
		"--bind-address=127.0.0.1",
		"--cluster-cidr=" + s.Config.List("cluster-cidr")[0],
		"--cluster-signing-cert-file=" + s.Data.TLS("client-ca.crt"),
		"--cluster-signing-key-file=" + s.Data.TLS("client-ca.key"),
		"--configure-cloud-routes=false",
		"--controllers=*,tokencleaner",
		"--kubeconfig=" + s.Data.Cred("controller.kubeconfig"),
		"--profiling=false",
		"--root-ca-file=" + s.Data.TLS("server-ca.crt"),
		"--service-account-private-key-file=" + s.Data.TLS("service.current.key"),
		"--service-cluster-ip-range=" + s.Config.List("service-cidr")[0],
		"--tls-cert-file=" + s.Data.TLS("kube-controller-manager", "kube-controller-manager.crt"),
		"--tls-private-key-file=" + s.Data.TLS("kube-controller-manager", "kube-controller-manager.key"),
		"--use-service-account-credentials=true",
	}
	scheduler := []string{
		"--authentication-kubeconfig=" + s.Data.Cred("scheduler.kubeconfig"),
		"--authorization-kubeconfig=" + s.Data.Cred("scheduler.kubeconfig"),
		"--bind-address=127.0.0.1",
		"--kubeconfig=" + s.Data.Cred("scheduler.kubeconfig"),
		"--profiling=false",
		"--tls-cert-file=" + s.Data.TLS("kube-scheduler", "kube-scheduler.crt"),
		"--tls-private-key-file=" + s.Data.TLS("kube-scheduler", "kube-scheduler.key"),
	}
	if err := s.writePod(component{
		name: "kube-controller-manager", image: s.kubernetesImage(), cpu: "200m", memory: "256Mi",
		args:    append([]string{"kube-controller-manager"}, replace(manager, agent.Flags(s.Config.List("kube-controller-manager-arg")))...),
		probe:   get("https", 10257, "/healthz"),
		changes: s.certificatesOf("controller-manager"),
	}); err != nil {
		return err
	}
	return s.writePod(component{
		name: "kube-scheduler", image: s.kubernetesImage(), cpu: "100m", memory: "128Mi",
		args:    append([]string{"kube-scheduler"}, replace(scheduler, agent.Flags(s.Config.List("kube-scheduler-arg")))...),
		probe:   get("https", 10259, "/healthz"),
		changes: s.certificatesOf("scheduler"),
	})
}

// replace adds the user's flags; one that is there already is taken out first, so that each is given once.
func replace(flags, given []string) []string {
	for _, flag := range given {
		name, _, _ := strings.Cut(flag, "=")
		flags = slices.DeleteFunc(flags, func(old string) bool { return strings.HasPrefix(old, name+"=") })
	}
	return append(flags, given...)
}

func (s *Server) certificatesOf(services ...string) []string {
	var files []string
	for _, item := range s.leaves() {
		if slices.Contains(services, item.service) {
			files = append(files, s.Data.TLS(item.file+".crt"))
		}
	}
	return files
}

func get(scheme string, port int32, path string) corev1.ProbeHandler {
	return corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{
		Host: "127.0.0.1", Port: intstr.FromInt32(port), Path: path, Scheme: corev1.URIScheme(strings.ToUpper(scheme)),
	}}
}

// writePod writes the static pod's manifest; the kubelet does the rest.
func (s *Server) writePod(item component) error {
	text, err := yaml.Marshal(s.pod(item))
	if err != nil {
		return err
	}
	return layout.Write(s.Data.Agent("pod-manifests", item.name+".yaml"), text, 0o600)
}

func (s *Server) removeManifests(names ...string) {
	for _, name := range names {
		_ = os.Remove(s.Data.Agent("pod-manifests", name+".yaml")) // not there: nothing to do
	}
}

func (s *Server) pod(item component) *corev1.Pod {
	here := corev1.HostPathDirectoryOrCreate
	folders := map[string]string{"server": s.Data.Path("server"), "config": "/etc/rancher/rke2"}
	container := corev1.Container{
		Name: item.name, Image: item.image, Command: []string{item.args[0]}, Args: item.args[1:],
		ImagePullPolicy: corev1.PullIfNotPresent,
		Resources: corev1.ResourceRequirements{Requests: corev1.ResourceList{
			corev1.ResourceCPU: resource.MustParse(item.cpu), corev1.ResourceMemory: resource.MustParse(item.memory)}},
		LivenessProbe:  &corev1.Probe{ProbeHandler: item.probe, InitialDelaySeconds: 15, TimeoutSeconds: 15, PeriodSeconds: 20, FailureThreshold: 8},
		ReadinessProbe: &corev1.Probe{ProbeHandler: item.probe, TimeoutSeconds: 15, PeriodSeconds: 10, FailureThreshold: 3},
	}
	pod := &corev1.Pod{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"},
		ObjectMeta: metav1.ObjectMeta{
			Name: item.name, Namespace: "kube-system", Labels: map[string]string{"component": item.name, "tier": "control-plane"},
			Annotations: map[string]string{"rke2.io/files": digest(item.changes)},
		},
		Spec: corev1.PodSpec{HostNetwork: true, PriorityClassName: "system-cluster-critical"},
	}
	for _, name := range []string{"config", "server"} {
		pod.Spec.Volumes = append(pod.Spec.Volumes, corev1.Volume{Name: name, VolumeSource: corev1.VolumeSource{
			HostPath: &corev1.HostPathVolumeSource{Path: folders[name], Type: &here}}})
		container.VolumeMounts = append(container.VolumeMounts, corev1.VolumeMount{Name: name, MountPath: folders[name]})
	}
	pod.Spec.Containers = []corev1.Container{container}
	return pod
}

// digest returns a short hash over the content of these files.
func digest(files []string) string {
	sum := sha256.New()
	for _, name := range files {
		content, _ := os.ReadFile(name)
		fmt.Fprintf(sum, "%s\n%d\n", name, len(content))
		sum.Write(content)
	}
	return hex.EncodeToString(sum.Sum(nil))[:16]
}

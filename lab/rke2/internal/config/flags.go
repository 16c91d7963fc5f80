// Package config reads RKE2's settings from the command line, its configuration files and the environment.
package config

// Kind is the shape of a setting's value.
type Kind int

// The shapes: one text, a switch, and a list that may be given several times.
const (
	Text Kind = iota
	Switch
	List
)

// flag is one setting: its name on the command line and in config.yaml, its shape, its variable and its default.
type flag struct {
	name     string
	kind     Kind
	env      string
	initial  string
	onlyHere string // "server" for settings an agent does not know
}

const server = "server"

// flags are the settings this program acts on, followed by those that are accepted and have no effect here.
var flags = []flag{
	{"config", Text, "RKE2_CONFIG_FILE", "/etc/rancher/rke2/config.yaml", ""},
	{"debug", Switch, "RKE2_DEBUG", "", ""},
	{"data-dir", Text, "RKE2_DATA_DIR", "/var/lib/rancher/rke2", ""},
	{"token", Text, "RKE2_TOKEN", "", ""},
	{"token-file", Text, "RKE2_TOKEN_FILE", "", ""},
	{"server", Text, "RKE2_URL", "", ""},
	{"node-name", Text, "RKE2_NODE_NAME", "", ""},
	{"with-node-id", Switch, "", "", ""},
	{"node-label", List, "", "", ""},
	{"node-taint", List, "", "", ""},
	{"node-ip", List, "", "", ""},
	{"node-external-ip", List, "", "", ""},
	{"kubelet-arg", List, "", "", ""},
	{"kube-proxy-arg", List, "", "", ""},
	{"snapshotter", Text, "", "overlayfs", ""},
	{"lb-server-port", Text, "RKE2_LB_SERVER_PORT", "6444", ""},
	{"profile", Text, "RKE2_CIS_PROFILE", "", ""},
	{"protect-kernel-defaults", Switch, "", "", ""},
	{"bind-address", Text, "", "", server},
	{"advertise-address", Text, "", "", server},
	{"tls-san", List, "", "", server},
	{"cluster-cidr", List, "", "10.42.0.0/16", server},
	{"service-cidr", List, "", "10.43.0.0/16", server},
	{"service-node-port-range", Text, "", "30000-32767", server},
	{"cluster-dns", List, "", "", server},
	{"cluster-domain", Text, "", "cluster.local", server},
	{"agent-token", Text, "RKE2_AGENT_TOKEN", "", server},
	{"agent-token-file", Text, "RKE2_AGENT_TOKEN_FILE", "", server},
	{"cluster-reset", Switch, "RKE2_CLUSTER_RESET", "", server},
	{"cluster-reset-restore-path", Text, "", "", server},
	{"cni", List, "RKE2_CNI", "canal", server},
	{"disable", List, "", "", server},
	{"disable-kube-proxy", Switch, "", "", server},
	{"write-kubeconfig", Text, "RKE2_KUBECONFIG_OUTPUT", "/etc/rancher/rke2/rke2.yaml", server},
	{"write-kubeconfig-mode", Text, "RKE2_KUBECONFIG_MODE", "0600", server},
	{"kube-apiserver-arg", List, "", "", server},
	{"kube-controller-manager-arg", List, "", "", server},
	{"kube-scheduler-arg", List, "", "", server},
	{"etcd-arg", List, "", "", server},
	{"etcd-expose-metrics", Switch, "", "", server},
	{"etcd-disable-snapshots", Switch, "", "", server},
	{"etcd-snapshot-name", Text, "", "etcd-snapshot", server},
	{"etcd-snapshot-schedule-cron", Text, "", "0 */12 * * *", server},
	{"etcd-snapshot-retention", Text, "", "5", server},
	{"etcd-snapshot-dir", Text, "", "", server},
	{"etcd-snapshot-compress", Switch, "", "", server},
}

// accepted are RKE2's other settings: real, and without effect in this program.
var accepted = map[string][]string{
	"": {
		"container-runtime-endpoint", "image-credential-provider-bin-dir", "image-credential-provider-config",
		"private-registry", "system-default-registry", "resolv-conf", "selinux", "prefer-bundled-bin", "cloud-provider-name",
		"cloud-provider-config", "node-internal-dns", "node-external-dns", "nonroot-devices", "disable-default-registry-endpoint",
		"kubelet-path", "pod-security-admission-config-file", "control-plane-resource-requests", "control-plane-resource-limits",
		"control-plane-probe-configuration", "kube-proxy-extra-mount", "kube-proxy-extra-env", "default-runtime", "vpn-auth",
		"vpn-auth-file", "enable-pprof", "audit-policy-file", "disable-agent-lb", "disable-apiserver-lb",
	},
	server: {
		"tls-san-security", "kine-tls", "servicelb-namespace", "egress-selector-mode", "enable-servicelb", "ingress-controller",
		"disable-scheduler", "disable-cloud-controller", "disable-apiserver", "disable-controller-manager", "disable-etcd",
		"embedded-registry", "supervisor-metrics", "secrets-encryption", "secrets-encryption-provider", "helm-job-image",
		"datastore-endpoint", "datastore-cafile", "datastore-certfile", "datastore-keyfile", "write-kubeconfig-group",
		"kube-cloud-controller-manager-arg", "kube-apiserver-extra-mount", "kube-scheduler-extra-mount",
		"kube-controller-manager-extra-mount", "etcd-extra-mount", "kube-apiserver-extra-env", "etcd-extra-env",
		"kube-controller-manager-extra-env", "kube-scheduler-extra-env", "cloud-controller-manager-extra-env",
		"cloud-controller-manager-extra-mount", "etcd-image", "kube-apiserver-image", "kube-controller-manager-image",
		"kube-scheduler-image", "kube-proxy-image", "pause-image", "runtime-image", "cloud-controller-manager-image",
		"etcd-s3", "etcd-s3-endpoint", "etcd-s3-endpoint-ca", "etcd-s3-skip-ssl-verify", "etcd-s3-access-key",
		"etcd-s3-secret-key", "etcd-s3-session-token", "etcd-s3-bucket", "etcd-s3-bucket-lookup-type", "etcd-s3-region",
		"etcd-s3-folder", "etcd-s3-proxy", "etcd-s3-config-secret", "etcd-s3-insecure", "etcd-s3-timeout", "etcd-s3-retention",
		"etcd-snapshot-reconcile-interval",
	},
}

// switches are the accepted settings that take no value.
var switches = map[string]bool{
	"selinux": true, "prefer-bundled-bin": true, "disable-default-registry-endpoint": true, "tls-san-security": true,
	"enable-servicelb": true, "disable-scheduler": true, "disable-cloud-controller": true, "disable-apiserver": true,
	"disable-controller-manager": true, "disable-etcd": true, "embedded-registry": true, "supervisor-metrics": true,
	"secrets-encryption": true, "etcd-s3": true, "etcd-s3-skip-ssl-verify": true, "etcd-s3-insecure": true, "enable-pprof": true,
	"disable-agent-lb": true, "nonroot-devices": true, "disable-apiserver-lb": true, "kine-tls": true,
}

// known returns the settings of a role by name.
func known(role string) map[string]flag {
	found := map[string]flag{}
	for _, item := range flags {
		if item.onlyHere == "" || item.onlyHere == role {
			found[item.name] = item
		}
	}
	for where, names := range accepted {
		for _, name := range names {
			if where != "" && where != role {
				continue
			}
			kind := List
			if switches[name] {
				kind = Switch
			}
			found[name] = flag{name: name, kind: kind}
		}
	}
	return found
}

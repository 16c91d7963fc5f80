package server

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"ironacre.test/lab/rke2/internal/agent"
	"ironacre.test/lab/rke2/internal/config"
	"ironacre.test/lab/rke2/internal/layout"
	"ironacre.test/lab/rke2/internal/logx"
	"ironacre.test/lab/rke2/internal/pki"
)

// leaf is one certificate of this server: its file below the certificate folder, who signs it and for whom.
type leaf struct {
	file      string
	service   string
	authority pki.Pair
	subject   pki.Subject
}

// leaves lists every certificate of this server. The service names are those of "rke2 certificate rotate".
func (s *Server) leaves() []leaf {
	everyName := append([]string{"127.0.0.1", "::1", "localhost", s.Node, s.Address}, s.Config.List("tls-san")...)
	domain := s.Config.Text("cluster-domain")
	api := append(everyName, "kubernetes", "kubernetes.default", "kubernetes.default.svc",
		"kubernetes.default.svc."+domain, config.NthAddress(s.Config.List("service-cidr")[0], 1))
	local := []string{"127.0.0.1", "::1", "localhost", s.Node, s.Address}
	client := func(name string, groups ...string) pki.Subject {
		return pki.Subject{Name: name, Groups: groups, Client: true}
	}
	return []leaf{
		{"client-admin", "admin", s.authorities.client, client("system:admin", "system:masters")},
		{"client-supervisor", "supervisor", s.authorities.client, client("system:rke2-supervisor", "system:masters")},
		{"client-controller", "controller-manager", s.authorities.client, client("system:kube-controller-manager")},
		{"client-scheduler", "scheduler", s.authorities.client, client("system:kube-scheduler")},
		{"client-kube-apiserver", "api-server", s.authorities.client, client("kube-apiserver")},
		{"client-kube-proxy", "kube-proxy", s.authorities.client, client("system:kube-proxy")},
		{"client-rke2-controller", "rke2-controller", s.authorities.client, client("system:rke2-controller")},
		{"client-auth-proxy", "auth-proxy", s.authorities.requestHeader, client("system:auth-proxy")},
		{"serving-kube-apiserver", "api-server", s.authorities.server, pki.Subject{Name: "kube-apiserver", Hosts: api}},
		{"serving-supervisor", "rke2-server", s.authorities.server, pki.Subject{Name: "rke2", Hosts: api}},
		{"kube-controller-manager/kube-controller-manager", "controller-manager", s.authorities.server,
			pki.Subject{Name: "kube-controller-manager", Hosts: local}},
		{"kube-scheduler/kube-scheduler", "scheduler", s.authorities.server, pki.Subject{Name: "kube-scheduler", Hosts: local}},
		{"etcd/server-client", "etcd", s.authorities.etcd, pki.Subject{Name: "etcd-server", Hosts: local, Client: true}},
		{"etcd/client", "etcd", s.authorities.etcd, client("etcd-client")},
		{"etcd/peer-server-client", "etcd", s.authorities.etcdPeer, pki.Subject{Name: "etcd-peer", Hosts: local, Client: true}},
	}
}

func (s *Server) writeCertificates() error {
	for _, item := range s.leaves() {
		made, err := pki.Ensure(item.authority, s.Data.TLS(item.file), item.subject, time.Now())
		if err != nil {
			return fmt.Errorf("certificate %s: %w", item.file, err)
		}
		if made {
			logx.Info("certificate %s signed by the cluster's authority", item.file)
		}
	}
	key, err := os.ReadFile(s.Data.TLS("service.key"))
	if err != nil {
		return err
	}
	return layout.Write(s.Data.TLS("service.current.key"), key, 0o600)
}

func (s *Server) writeKubeconfigs() error {
	for name, certificate := range map[string]string{
		"admin": "client-admin", "controller": "client-controller", "scheduler": "client-scheduler", "supervisor": "client-supervisor",
	} {
		text := agent.Kubeconfig("https://127.0.0.1:6443", s.Data.TLS("server-ca.crt"), s.Data.TLS(certificate+".crt"), s.Data.TLS(certificate+".key"))
		if err := layout.Write(s.Data.Cred(name+".kubeconfig"), []byte(text), 0o600); err != nil {
			return err
		}
	}
	if err := layout.Write(layout.PodSecurity, []byte(podSecurity), 0o600); err != nil {
		return err
	}
	return s.writeAdminKubeconfig()
}

const podSecurity = `apiVersion: apiserver.config.k8s.io/v1
kind: AdmissionConfiguration
plugins:
- name: PodSecurity
  configuration:
    apiVersion: pod-security.admission.config.k8s.io/v1
    kind: PodSecurityConfiguration
    defaults: {enforce: privileged, enforce-version: latest}
    exemptions: {usernames: [], runtimeClasses: [], namespaces: []}
`

const adminKubeconfig = `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: %s
    server: https://127.0.0.1:6443
  name: default
contexts:
- context:
    cluster: default
    user: default
  name: default
current-context: default
kind: Config
preferences: {}
users:
- name: default
  user:
    client-certificate-data: %s
    client-key-data: %s
`

// writeAdminKubeconfig writes the file an administrator copies: everything it needs is in it.
func (s *Server) writeAdminKubeconfig() error {
	pair, err := pki.Load(s.Data.TLS("client-admin"))
	if err != nil {
		return err
	}
	mode, err := strconv.ParseUint(s.Config.Text("write-kubeconfig-mode"), 8, 32)
	if err != nil {
		return fmt.Errorf("write-kubeconfig-mode: %w", err)
	}
	encoded := base64.StdEncoding.EncodeToString
	text := fmt.Sprintf(adminKubeconfig, encoded(s.authorities.server.Cert), encoded(pair.Cert), encoded(pair.Key))
	path := s.Config.Text("write-kubeconfig")
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return layout.Write(path, []byte(text), os.FileMode(mode))
}

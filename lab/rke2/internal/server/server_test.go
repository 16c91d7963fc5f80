package server

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"ironacre.test/lab/rke2/internal/config"
	"ironacre.test/lab/rke2/internal/join"
	"ironacre.test/lab/rke2/internal/layout"
)

func newServer(t *testing.T, args ...string) *Server {
	t.Helper()
	folder := t.TempDir()
	args = append(args, "--config", filepath.Join(folder, "none.yaml"), "--write-kubeconfig", filepath.Join(folder, "rke2.yaml"))
	settings, err := config.Read("server", args, func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	return &Server{Config: settings, Data: layout.Data(folder), Version: "v1.2.3+rke2r1", Node: "n1", Address: "192.0.2.1"}
}

func TestCertificatesComeOnceAndFollowNewNames(t *testing.T) {
	control := newServer(t)
	if err := control.loadAuthorities(); err != nil {
		t.Fatal(err)
	}
	if err := control.writeCertificates(); err != nil {
		t.Fatal(err)
	}
	path := control.Data.TLS("serving-kube-apiserver.crt")
	before, _ := os.ReadFile(path)
	if err := control.writeCertificates(); err != nil {
		t.Fatal(err)
	}
	if again, _ := os.ReadFile(path); string(again) != string(before) {
		t.Error("a good certificate was replaced")
	}
	control.Config.Set("tls-san", "172.31.70.5")
	if err := control.writeCertificates(); err != nil {
		t.Fatal(err)
	}
	if after, _ := os.ReadFile(path); string(after) == string(before) {
		t.Error("the new tls-san is not in the certificate")
	}
}

func TestTokensAreKeptOverARestart(t *testing.T) {
	control := newServer(t)
	if err := control.loadAuthorities(); err != nil {
		t.Fatal(err)
	}
	if err := control.writeTokens(""); err != nil {
		t.Fatal(err)
	}
	first := layout.ReadText(control.Data.Path("server", "token"))
	if !strings.HasPrefix(first, "K10") || layout.ReadText(control.Data.Path("server", "node-token")) != first {
		t.Errorf("token %q", first)
	}
	if err := control.writeTokens(""); err != nil {
		t.Fatal(err)
	}
	if second := layout.ReadText(control.Data.Path("server", "token")); second != first {
		t.Error("a restart made a new token")
	}
}

func TestWhoMayAskWhat(t *testing.T) {
	control := &Server{tokens: tokens{server: "s", agent: "a"}}
	for _, item := range []struct{ name, password, want string }{
		{"server", "s", "server"}, {"node", "s", "node"}, {"node", "a", "node"}, {"server", "a", "node"},
		{"node", "x", ""}, {"", "s", ""}, {"server", "", ""},
	} {
		if got := control.userOf(item.name, item.password); got != item.want {
			t.Errorf("%s:%s speaks for %q, want %q", item.name, item.password, got, item.want)
		}
	}
}

func TestUsersFlagsReplaceOurs(t *testing.T) {
	got := replace([]string{"--a=1", "--ab=2", "--c=3"}, []string{"--a=9"})
	if !slices.Equal(got, []string{"--ab=2", "--c=3", "--a=9"}) {
		t.Errorf("%v", got)
	}
}

func TestOneCriticalDifferenceIsRefused(t *testing.T) {
	same := join.Cluster{ClusterCIDR: "10.42.0.0/16", ServiceCIDR: "10.43.0.0/16"}
	if err := compare(same, same); err != nil {
		t.Error(err)
	}
	other := same
	other.ServiceCIDR = "10.99.0.0/16"
	if err := compare(same, other); err == nil || !strings.Contains(err.Error(), "service-cidr") {
		t.Errorf("%v", err)
	}
}

func TestDefinitionsAreAppliedFirst(t *testing.T) {
	objects, err := decode([]byte("kind: A\napiVersion: v1\n---\n# nothing\n---\nkind: Namespace\napiVersion: v1\n---\n" +
		"kind: CustomResourceDefinition\napiVersion: v1\n"))
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, object := range objects {
		kinds = append(kinds, object.GetKind())
	}
	if !slices.Equal(kinds, []string{"CustomResourceDefinition", "Namespace", "A"}) {
		t.Errorf("%v", kinds)
	}
}

func TestPruneKeepsTheNewestOfItsName(t *testing.T) {
	folder, now := t.TempDir(), time.Now()
	for index, name := range []string{"etcd-n1-1", "etcd-n1-2", "etcd-n1-3", "other-n1-1", "etcd-n1-4.part"} {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, now, now.Add(time.Duration(index)*time.Minute)); err != nil {
			t.Fatal(err)
		}
	}
	gone, err := pruneSnapshots(folder, "etcd-n1", 2)
	if err != nil || len(gone) != 1 || gone[0].Name != "etcd-n1-1" {
		t.Errorf("%v %v", gone, err)
	}
}

package server

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
	"go.uber.org/zap"

	"ironacre.test/lab/rke2/internal/join"
	"ironacre.test/lab/rke2/internal/layout"
	"ironacre.test/lab/rke2/internal/logx"
	"ironacre.test/lab/rke2/internal/pki"
	"ironacre.test/lab/rke2/internal/token"
)

func (s *Server) hasDatastore() bool {
	_, err := os.Stat(s.Data.Path("server", "db", "etcd", "member"))
	return err == nil
}

func (s *Server) peerURL() string   { return "https://" + s.Address + ":2380" }
func (s *Server) clientURL() string { return "https://" + s.Address + ":2379" }

// memberName returns this member's name: the node's, with something that differs when the node is made anew.
func (s *Server) memberName() (string, error) {
	path := s.Data.Path("server", "db", "etcd", "name")
	if name := layout.ReadText(path); name != "" {
		return name, nil
	}
	name := s.Node + "-" + token.Random(4)
	return name, layout.Write(path, []byte(name+"\n"), 0o600)
}

// startEtcd makes this node an etcd member and waits until it is a voter that answers.
func (s *Server) startEtcd(ctx context.Context) error {
	if err := s.leaveIfRemoved(ctx); err != nil {
		return err
	}
	if err := os.MkdirAll(s.Data.Path("server", "db", "etcd"), 0o700); err != nil {
		return err
	}
	name, err := s.memberName()
	if err != nil {
		return err
	}
	if !s.etcdAnswers(ctx) {
		// The node was down: the API would fail again and again before etcd is back.
		s.removeManifests("kube-apiserver", "kube-controller-manager", "kube-scheduler")
	}
	initial, state := []string{name + "=" + s.peerURL()}, "new"
	if s.hasDatastore() {
		// How the member came in stays in its configuration: a changed file would restart etcd.
		initial, state = s.initialOf(initial)
	} else if s.Config.Text("server") != "" {
		state = "existing"
		if initial, err = s.addMember(ctx, name); err != nil {
			return err
		}
	}
	if err := s.writeEtcdConfig(name, strings.Join(initial, ","), state); err != nil {
		return err
	}
	if err := s.writeEtcd(); err != nil {
		return err
	}
	return s.becomeVoter(ctx)
}

const etcdConfig = `name: %[1]s
data-dir: %[2]s
listen-client-urls: https://127.0.0.1:2379,%[3]s
advertise-client-urls: %[3]s
listen-peer-urls: https://127.0.0.1:2380,%[4]s
initial-advertise-peer-urls: %[4]s
listen-metrics-urls: http://%[5]s:2381
initial-cluster: %[6]s
initial-cluster-state: %[7]s
client-transport-security:
  cert-file: %[8]s/server-client.crt
  key-file: %[8]s/server-client.key
  client-cert-auth: true
  trusted-ca-file: %[8]s/server-ca.crt
peer-transport-security:
  cert-file: %[8]s/peer-server-client.crt
  key-file: %[8]s/peer-server-client.key
  client-cert-auth: true
  trusted-ca-file: %[8]s/peer-ca.crt
heartbeat-interval: 500
election-timeout: 5000
snapshot-count: 10000
logger: zap
log-outputs: [stderr]
`

func (s *Server) writeEtcdConfig(name, initial, state string) error {
	metrics := "127.0.0.1"
	if s.Config.On("etcd-expose-metrics") {
		metrics = "0.0.0.0"
	}
	text := fmt.Sprintf(etcdConfig, name, s.Data.Path("server", "db", "etcd"), s.clientURL(), s.peerURL(), metrics, initial, state,
		s.Data.TLS("etcd"))
	return layout.Write(s.etcdConfigPath(), []byte(text), 0o600)
}

func (s *Server) etcdConfigPath() string { return s.Data.Path("server", "db", "etcd", "config") }

// initialOf returns the initial cluster and its state out of the configuration of an earlier start.
func (s *Server) initialOf(fallback []string) (initial []string, state string) {
	initial, state = fallback, "existing"
	for _, line := range strings.Split(layout.ReadText(s.etcdConfigPath()), "\n") {
		if text, found := strings.CutPrefix(line, "initial-cluster: "); found {
			initial = []string{text}
		}
		if text, found := strings.CutPrefix(line, "initial-cluster-state: "); found {
			state = text
		}
	}
	return initial, state
}

// etcdClient returns a client for these members, this node's own if none is named.
func (s *Server) etcdClient(endpoints ...string) (*clientv3.Client, error) {
	if len(endpoints) == 0 {
		endpoints = []string{"https://127.0.0.1:2379"}
	}
	pair, err := pki.Load(s.Data.TLS("etcd", "client"))
	if err != nil {
		return nil, err
	}
	certificate, err := tls.X509KeyPair(pair.Cert, pair.Key)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(s.authorities.etcd.Cert)
	return clientv3.New(clientv3.Config{
		Endpoints: endpoints, DialTimeout: 5 * time.Second, Logger: zap.NewNop(),
		TLS: &tls.Config{RootCAs: pool, Certificates: []tls.Certificate{certificate}},
	})
}

// withEtcd calls use with a client and ten seconds to work.
func (s *Server) withEtcd(ctx context.Context, endpoints []string, use func(context.Context, *clientv3.Client) error) error {
	client, err := s.etcdClient(endpoints...)
	if err != nil {
		return err
	}
	defer client.Close()
	limited, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	return use(limited, client)
}

func (s *Server) etcdAnswers(ctx context.Context) bool {
	limited, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	return s.withEtcd(limited, nil, func(ctx context.Context, client *clientv3.Client) error {
		_, err := client.Get(ctx, "health")
		return err
	}) == nil
}

// members returns the cluster's members as the server to join knows them.
func (s *Server) members(ctx context.Context) ([]join.Member, error) {
	if s.joining == nil {
		secret := token.Token{Username: "server", Password: s.tokens.server}
		client, err := join.NewTrusting(strings.TrimRight(s.Config.Text("server"), "/"), s.authorities.server.Cert, secret)
		if err != nil {
			return nil, err
		}
		s.joining = client
	}
	var members []join.Member
	err := s.joining.Call(ctx, join.PathMembers, nil, &members)
	return members, err
}

func votersOf(members []join.Member) []string {
	var endpoints []string
	for _, member := range members {
		if !member.Learner {
			endpoints = append(endpoints, member.ClientURLs...)
		}
	}
	return endpoints
}

// addMember adds this node as a learner, one learner at a time, and returns etcd's initial cluster.
func (s *Server) addMember(ctx context.Context, name string) ([]string, error) {
	var initial []string
	err := until(ctx, 3*time.Second, func() error {
		members, err := s.members(ctx)
		if err != nil {
			return err
		}
		initial, err = s.tryAdd(ctx, name, members)
		return err
	})
	return initial, err
}

func (s *Server) tryAdd(ctx context.Context, name string, members []join.Member) ([]string, error) {
	initial, known := []string{name + "=" + s.peerURL()}, false
	for _, member := range members {
		switch {
		case slices.Contains(member.PeerURLs, s.peerURL()) && member.Name == "":
			known = true // added by an earlier attempt that did not get to start etcd
		case slices.Contains(member.PeerURLs, s.peerURL()), strings.HasPrefix(member.Name, s.Node+"-"):
			return nil, fmt.Errorf("duplicate node name found: etcd member %s (%s) exists; delete its Node first", member.Name, member.PeerURLs)
		default:
			initial = append(initial, member.Name+"="+member.PeerURLs[0])
		}
	}
	if known {
		return initial, nil
	}
	return initial, s.withEtcd(ctx, votersOf(members), func(ctx context.Context, client *clientv3.Client) error {
		_, err := client.MemberAddAsLearner(ctx, []string{s.peerURL()})
		if err == nil {
			logx.Info("Adding member %s to etcd cluster %v", name, initial)
		}
		return err
	})
}

// becomeVoter waits until this node's member answers, and promotes it once it has caught up with the leader.
func (s *Server) becomeVoter(ctx context.Context) error {
	logx.Info("Waiting for etcd to become a voting member")
	return until(ctx, time.Second, func() error {
		if err := s.promoteLearner(ctx); err != nil {
			return err
		}
		return s.withEtcd(ctx, nil, func(ctx context.Context, client *clientv3.Client) error {
			_, err := client.Get(ctx, "health")
			return err
		})
	})
}

// promoteLearner asks a voter to promote this node's member, if it does not vote yet. A learner answers for nothing but
// its own state, so the voters are asked for by way of the server to join.
func (s *Server) promoteLearner(ctx context.Context) error {
	var id uint64
	err := s.withEtcd(ctx, nil, func(ctx context.Context, client *clientv3.Client) error {
		state, err := client.Status(ctx, client.Endpoints()[0])
		if err == nil && state.IsLearner {
			id = state.Header.MemberId
		}
		return err
	})
	if err != nil || id == 0 {
		return err
	}
	members, err := s.members(ctx)
	if err != nil {
		return err
	}
	err = s.withEtcd(ctx, votersOf(members), func(ctx context.Context, client *clientv3.Client) error {
		_, err := client.MemberPromote(ctx, id)
		return err
	})
	if err == nil {
		logx.Info("etcd member %x promoted to voter", id)
	}
	return err
}

func convert(found *clientv3.MemberListResponse) []join.Member {
	if found == nil {
		return nil
	}
	var members []join.Member
	for _, member := range found.Members {
		members = append(members, join.Member{
			ID: member.ID, Name: member.Name, PeerURLs: member.PeerURLs, ClientURLs: member.ClientURLs, Learner: member.IsLearner,
		})
	}
	return members
}

// leaveIfRemoved puts the data of a member aside that the cluster has removed, so that the node joins as a new one.
func (s *Server) leaveIfRemoved(ctx context.Context) error {
	if !s.hasDatastore() || s.Config.Text("server") == "" {
		return nil
	}
	limited, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	members, err := s.members(limited)
	if err != nil {
		return nil // nobody to ask: the data is as good as it was
	}
	name, err := s.memberName()
	if err != nil {
		return err
	}
	if slices.ContainsFunc(members, func(member join.Member) bool { return member.Name == name }) {
		return nil
	}
	folder := s.Data.Path("server", "db", "etcd")
	aside := fmt.Sprintf("%s-old-%d", folder, time.Now().Unix())
	logx.Warn("etcd member %s was removed from the cluster; its data is kept in %s", name, aside)
	s.removeManifests("etcd")
	return os.Rename(folder, aside)
}

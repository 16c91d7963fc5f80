// Package server is the part of RKE2 that a control plane node runs beside the agent's.
package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"sync/atomic"
	"time"

	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"ironacre.test/lab/rke2/internal/config"
	"ironacre.test/lab/rke2/internal/join"
	"ironacre.test/lab/rke2/internal/layout"
	"ironacre.test/lab/rke2/internal/logx"
	"ironacre.test/lab/rke2/internal/token"
)

// Server is one control plane node.
type Server struct {
	Config  *config.Config
	Data    layout.Data
	Version string
	Node    string
	Address string
	// Charts is the folder with the built-in manifests of this version.
	Charts string

	authorities authorities
	tokens      tokens
	rest        *rest.Config
	client      kubernetes.Interface
	dynamic     dynamic.Interface
	ready       atomic.Bool
	joining     *join.Client
}

// Prepare makes what must be there before anything starts: authorities, tokens, certificates, kubeconfigs.
// On a joining server they come from the server it joins; Prepare waits until that one answers.
func (s *Server) Prepare(ctx context.Context) error {
	given, err := s.Config.Token("token")
	if err != nil {
		return err
	}
	if s.Config.Text("server") != "" && !s.hasDatastore() {
		if err := s.fetchBootstrap(ctx, given); err != nil {
			return err
		}
	}
	if err := s.loadAuthorities(); err != nil {
		return err
	}
	if err := s.writeTokens(given); err != nil {
		return err
	}
	if err := s.writeCertificates(); err != nil {
		return err
	}
	return s.writeKubeconfigs()
}

// Run starts the control plane step by step: etcd, the API, the rest. It returns when all of it is up.
func (s *Server) Run(ctx context.Context) error {
	if err := s.connect(); err != nil {
		return err
	}
	if err := s.startEtcd(ctx); err != nil {
		return err
	}
	if err := s.writeAPIServer(); err != nil {
		return err
	}
	if err := s.waitForAPI(ctx); err != nil {
		return err
	}
	if err := s.writeControllers(); err != nil {
		return err
	}
	if err := s.writeBuiltIn(); err != nil {
		return err
	}
	s.ready.Store(true)
	_ = os.Remove(s.Data.Path("force-restart")) // what it asked for has been done; mostly it is not there
	go s.keepManifests(ctx)
	go s.keepMembers(ctx)
	go s.keepSnapshots(ctx)
	if err := s.notePassword(ctx); err != nil {
		return err
	}
	return s.labelNode(ctx)
}

// connect makes the clients for the API on this node; nothing is sent yet.
func (s *Server) connect() error {
	settings, err := clientcmd.BuildConfigFromFlags("", s.Data.Cred("admin.kubeconfig"))
	if err != nil {
		return err
	}
	settings.UserAgent, settings.QPS, settings.Burst = "rke2", 50, 100
	s.rest = settings
	if s.client, err = kubernetes.NewForConfig(settings); err != nil {
		return err
	}
	s.dynamic, err = dynamic.NewForConfig(settings)
	return err
}

func (s *Server) waitForAPI(ctx context.Context) error {
	logx.Info("Waiting for the API server to become available")
	return until(ctx, time.Second, func() error {
		status := 0
		s.client.Discovery().RESTClient().Get().AbsPath("/readyz").Do(ctx).StatusCode(&status)
		if status != http.StatusOK {
			return errors.New("apiserver not ready")
		}
		return nil
	})
}

// until calls try again until it succeeds or the context ends. It says each new reason once.
func until(ctx context.Context, pause time.Duration, try func() error) error {
	said := ""
	for {
		err := try()
		if err == nil {
			return nil
		}
		if text := err.Error(); text != said {
			logx.Info("Waiting: %s", text)
			said = text
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}

// cluster returns the settings every node must share.
func (s *Server) cluster() join.Cluster {
	cni := s.Config.List("cni")
	return join.Cluster{
		ClusterCIDR:      s.Config.List("cluster-cidr")[0],
		ServiceCIDR:      s.Config.List("service-cidr")[0],
		ClusterDNS:       s.Config.ClusterDNS(),
		ClusterDomain:    s.Config.Text("cluster-domain"),
		CNI:              cni[len(cni)-1],
		DisableKubeProxy: s.Config.On("disable-kube-proxy"),
	}
}

// Client returns a client for this server's own supervisor.
func (s *Server) Client(context.Context) (*join.Client, error) {
	return join.NewTrusting("https://127.0.0.1:9345", s.authorities.server.Cert,
		token.Token{Username: "server", Password: s.tokens.server})
}

// fetchBootstrap gets the cluster's authorities from the server to join and compares the critical settings.
func (s *Server) fetchBootstrap(ctx context.Context, given string) error {
	secret, err := token.Parse(given, "server")
	if err != nil {
		return fmt.Errorf("token is required to join a cluster: %w", err)
	}
	var answer join.Bootstrap
	err = until(ctx, 3*time.Second, func() error {
		client, err := join.NewClient(ctx, s.Config.Text("server"), secret)
		if err != nil {
			return err
		}
		s.joining = client
		return client.Call(ctx, join.PathBootstrap, nil, &answer)
	})
	if err != nil {
		return err
	}
	if err := compare(answer.Cluster, s.cluster()); err != nil {
		return err
	}
	for name, content := range answer.Files {
		if err := layout.Write(s.Data.Path("server", name), content, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// compare refuses a server whose critical settings differ from the cluster's.
func compare(theirs, ours join.Cluster) error {
	for _, pair := range [][3]string{
		{"cluster-cidr", theirs.ClusterCIDR, ours.ClusterCIDR},
		{"service-cidr", theirs.ServiceCIDR, ours.ServiceCIDR},
		{"cluster-dns", theirs.ClusterDNS, ours.ClusterDNS},
		{"cluster-domain", theirs.ClusterDomain, ours.ClusterDomain},
	} {
		if pair[1] != pair[2] {
			return fmt.Errorf("critical configuration value mismatch between servers: %s is %q here and %q in the cluster",
				pair[0], pair[2], pair[1])
		}
	}
	return nil
}

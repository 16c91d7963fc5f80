package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"ironacre.test/lab/rke2/internal/agent"
	"ironacre.test/lab/rke2/internal/config"
	"ironacre.test/lab/rke2/internal/join"
	"ironacre.test/lab/rke2/internal/layout"
	"ironacre.test/lab/rke2/internal/logx"
	"ironacre.test/lab/rke2/internal/notify"
	"ironacre.test/lab/rke2/internal/runtime"
	"ironacre.test/lab/rke2/internal/server"
	"ironacre.test/lab/rke2/internal/token"
)

// node is what server and agent have in common at start.
type node struct {
	config  *config.Config
	data    layout.Data
	name    string
	address string
	bin     string
	running sync.WaitGroup
}

func readConfig(role string, args []string) (*config.Config, error) {
	settings, err := config.Read(role, args, os.Getenv)
	if settings != nil {
		for _, text := range settings.Warnings {
			logx.Warn("%s", text)
		}
	}
	return settings, err
}

func newNode(role string, args []string) (*node, error) {
	if os.Geteuid() != 0 {
		return nil, errors.New("must run as root")
	}
	settings, err := readConfig(role, args)
	if err != nil {
		return nil, err
	}
	found := &node{config: settings, data: layout.Data(settings.Text("data-dir")), name: settings.Text("node-name")}
	if found.name == "" {
		if found.name, err = os.Hostname(); err != nil {
			return nil, err
		}
	}
	found.name = strings.ToLower(found.name)
	if given := settings.List("node-ip"); len(given) > 0 {
		found.address = given[0]
	} else if found.address = layout.OutgoingAddress(); found.address == "" {
		return nil, errors.New("no address found on this node: set node-ip")
	}
	if err := checkProfile(settings.Text("profile")); err != nil {
		return nil, err
	}
	found.bin, err = runtime.Stage(found.data, version)
	return found, err
}

// start calls a function that runs as long as the service.
func (n *node) start(run func()) { n.running.Go(run) }

func (n *node) agent(client func(context.Context) (*join.Client, error)) *agent.Agent {
	return &agent.Agent{Config: n.config, Data: n.data, Bin: n.bin, Node: n.name, Address: n.address, Client: client, Started: n.start}
}

// serve runs the service until a signal ends it.
func serve(run func(context.Context) error, running *sync.WaitGroup) error {
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer cancel()
	if err := run(ctx); err != nil && ctx.Err() == nil {
		return err
	}
	if ctx.Err() == nil {
		if err := notify.Ready(); err != nil {
			logx.Error("Failed to tell the service manager: %v", err)
		}
		logx.Info("rke2 is up and running")
		<-ctx.Done()
	}
	logx.Info("Stopping")
	running.Wait()
	return nil
}

func runServer(args []string) error {
	logx.Info("Starting rke2 %s (%s)", version, commit)
	node, err := newNode("server", args)
	if err != nil {
		return err
	}
	control := &server.Server{Config: node.config, Data: node.data, Version: version, Node: node.name, Address: node.address,
		Charts: filepath.Join(filepath.Dir(node.bin), "charts")}
	if node.config.On("cluster-reset") {
		return control.Reset(node.bin)
	}
	return serve(func(ctx context.Context) error {
		if err := control.Prepare(ctx); err != nil {
			return err
		}
		if err := control.Serve(ctx); err != nil {
			return err
		}
		failed := make(chan error, 1)
		node.start(func() {
			if err := node.agent(control.Client).Run(ctx); err != nil && ctx.Err() == nil {
				failed <- err
			}
		})
		node.start(func() {
			if err := control.Run(ctx); err != nil {
				failed <- err
			} else {
				failed <- nil
			}
		})
		return <-failed
	}, &node.running)
}

func runAgent(args []string) error {
	logx.Info("Starting rke2 agent %s (%s)", version, commit)
	node, err := newNode("agent", args)
	if err != nil {
		return err
	}
	given, err := node.config.Token("token")
	if err != nil {
		return err
	}
	if given == "" || node.config.Text("server") == "" {
		return errors.New("--server and --token are required")
	}
	secret, err := token.Parse(given, "node")
	if err != nil {
		return err
	}
	return serve(func(ctx context.Context) error { return joinCluster(ctx, node, secret) }, &node.running)
}

// joinCluster reaches the servers through two local balancers: one for the supervisor, one for the API.
func joinCluster(ctx context.Context, node *node, secret token.Token) error {
	address, err := url.Parse(node.config.Text("server"))
	if err != nil || address.Hostname() == "" {
		return fmt.Errorf("invalid --server %q", node.config.Text("server"))
	}
	remembered := node.data.Agent("etc", "rke2-agent-load-balancer.txt")
	known := strings.Fields(layout.ReadText(remembered))
	first := address.Host
	if address.Port() == "" {
		first = net.JoinHostPort(address.Hostname(), "9345")
	}
	supervisors, err := join.NewBalancer(ctx, "127.0.0.1:"+node.config.Text("lb-server-port"), append([]string{first}, withPort(known, "9345")...))
	if err != nil {
		return err
	}
	api, err := join.NewBalancer(ctx, "127.0.0.1:6443", withPort(append(known, address.Hostname()), "6443"))
	if err != nil {
		return err
	}
	learn := func(servers []string) {
		api.Set(withPort(servers, "6443"))
		supervisors.Set(append([]string{first}, withPort(servers, "9345")...))
		_ = layout.Write(remembered, []byte(strings.Join(servers, "\n")+"\n"), 0o600) // lost: the first server is asked again
	}
	client := func(ctx context.Context) (*join.Client, error) {
		return join.NewClient(ctx, "https://127.0.0.1:"+node.config.Text("lb-server-port"), secret)
	}
	here := node.agent(client)
	here.Servers = learn
	if err := here.Run(ctx); err != nil {
		return err
	}
	node.start(func() { followServers(ctx, client, learn) })
	return here.WaitForNode(ctx)
}

// followServers keeps the list of servers fresh.
func followServers(ctx context.Context, newClient func(context.Context) (*join.Client, error), learn func([]string)) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(30 * time.Second):
		}
		client, err := newClient(ctx)
		if err != nil {
			continue
		}
		var servers []string
		if err := client.Call(ctx, join.PathServers, nil, &servers); err == nil && len(servers) > 0 {
			learn(servers)
		}
	}
}

func withPort(hosts []string, port string) []string {
	var found []string
	for _, host := range hosts {
		found = append(found, net.JoinHostPort(host, port))
	}
	return found
}

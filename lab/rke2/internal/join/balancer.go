package join

import (
	"context"
	"io"
	"net"
	"slices"
	"sync"
	"time"

	"ironacre.test/lab/rke2/internal/logx"
)

const (
	dialLimit  = 3 * time.Second
	checkEvery = 5 * time.Second
)

// Balancer listens on a local port and passes each connection to a server that answers. The server in use is kept
// until it fails; the connections of a failed server are cut, so that their users come back to another one.
type Balancer struct {
	mutex   sync.Mutex
	servers []string
	open    map[net.Conn]string
}

// NewBalancer starts one for these servers ("host:port").
func NewBalancer(ctx context.Context, listen string, servers []string) (*Balancer, error) {
	listener, err := net.Listen("tcp", listen)
	if err != nil {
		return nil, err
	}
	balancer := &Balancer{servers: servers, open: map[net.Conn]string{}}
	context.AfterFunc(ctx, func() { listener.Close() })
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			go balancer.serve(connection)
		}
	}()
	go balancer.watch(ctx)
	return balancer, nil
}

// Set replaces the list of servers. A server that left the list loses its connections.
func (b *Balancer) Set(servers []string) {
	b.mutex.Lock()
	kept := slices.DeleteFunc(slices.Clone(b.servers), func(server string) bool { return !slices.Contains(servers, server) })
	for _, server := range servers {
		if !slices.Contains(kept, server) {
			kept = append(kept, server)
		}
	}
	gone := slices.DeleteFunc(slices.Clone(b.servers), func(server string) bool { return slices.Contains(servers, server) })
	if len(kept) > 0 {
		b.servers = kept
	}
	b.mutex.Unlock()
	for _, server := range gone {
		b.cut(server)
	}
}

// Servers returns the list, the one in use first.
func (b *Balancer) Servers() []string {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return slices.Clone(b.servers)
}

func (b *Balancer) serve(client net.Conn) {
	defer client.Close()
	for _, server := range b.Servers() {
		upstream, err := net.DialTimeout("tcp", server, dialLimit)
		if err != nil {
			b.demote(server)
			continue
		}
		b.pass(client, upstream, server)
		return
	}
}

func (b *Balancer) pass(client, upstream net.Conn, server string) {
	b.mutex.Lock()
	b.open[upstream] = server
	b.mutex.Unlock()
	defer func() {
		b.mutex.Lock()
		delete(b.open, upstream)
		b.mutex.Unlock()
		upstream.Close()
	}()
	go func() {
		_, _ = io.Copy(upstream, client)
		upstream.Close()
	}()
	_, _ = io.Copy(client, upstream)
}

// demote moves a server that did not answer to the end of the list and cuts what still hangs on it.
func (b *Balancer) demote(server string) {
	b.mutex.Lock()
	if index := slices.Index(b.servers, server); index >= 0 && len(b.servers) > 1 {
		b.servers = append(slices.Delete(b.servers, index, index+1), server)
		logx.Warn("Server %s does not answer, using %s", server, b.servers[0])
	}
	b.mutex.Unlock()
	b.cut(server)
}

func (b *Balancer) cut(server string) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	for connection, to := range b.open {
		if to == server {
			connection.Close()
		}
	}
}

// watch asks the servers in use whether they are there; a host without power sends no answer at all.
func (b *Balancer) watch(ctx context.Context) {
	for ticker := time.NewTicker(checkEvery); ; {
		select {
		case <-ctx.Done():
			ticker.Stop()
			return
		case <-ticker.C:
		}
		for _, server := range b.inUse() {
			connection, err := net.DialTimeout("tcp", server, dialLimit)
			if err != nil {
				b.demote(server)
				continue
			}
			connection.Close()
		}
	}
}

func (b *Balancer) inUse() []string {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	var found []string
	for _, server := range b.open {
		if !slices.Contains(found, server) {
			found = append(found, server)
		}
	}
	return found
}

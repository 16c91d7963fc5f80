package server

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"slices"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"ironacre.test/lab/rke2/internal/join"
	"ironacre.test/lab/rke2/internal/logx"
	"ironacre.test/lab/rke2/internal/pki"
)

// Serve starts the supervisor on port 9345. It answers before the API does: the node's own kubelet needs it first.
func (s *Server) Serve(ctx context.Context) error {
	listener, err := net.Listen("tcp", net.JoinHostPort(s.Config.Text("bind-address"), "9345"))
	if err != nil {
		return err
	}
	handler := http.NewServeMux()
	handler.HandleFunc("GET "+join.PathPing, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "pong") })
	handler.HandleFunc("GET "+join.PathCA, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(s.authorities.server.Cert) })
	anyone, servers := []string{"server", "node"}, []string{"server"}
	for path, item := range map[string]struct {
		who    []string
		answer func(*http.Request) (any, error)
	}{
		"GET " + join.PathReady:     {anyone, s.answerReady},
		"GET " + join.PathServers:   {anyone, func(r *http.Request) (any, error) { return s.apiServers(r.Context()) }},
		"POST " + join.PathAgent:    {anyone, s.answerAgent},
		"GET " + join.PathBootstrap: {servers, s.answerBootstrap},
		"GET " + join.PathMembers:   {servers, s.answerMembers},
		"POST " + join.PathSnapshot: {servers, s.answerSnapshot},
		"POST " + join.PathNewToken: {servers, s.answerNewToken},
	} {
		handler.HandleFunc(path, s.guarded(item.who, item.answer))
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	context.AfterFunc(ctx, func() { server.Close() })
	go func() {
		certificate := s.Data.TLS("serving-supervisor")
		if err := server.ServeTLS(listener, certificate+".crt", certificate+".key"); ctx.Err() == nil {
			logx.Fatal("supervisor: %v", err)
		}
	}()
	return nil
}

// refusal is an answer that is no 500.
type refusal struct {
	code int
	text string
}

func (r refusal) Error() string { return r.text }

// guarded lets in only those who show the password of one of these users.
func (s *Server) guarded(who []string, answer func(*http.Request) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, request *http.Request) {
		name, password, _ := request.BasicAuth()
		if !slices.Contains(who, s.userOf(name, password)) {
			http.Error(w, "Unauthorized", http.StatusUnauthorized)
			return
		}
		content, err := answer(request)
		if err != nil {
			code := http.StatusInternalServerError
			if refused, ok := err.(refusal); ok {
				code = refused.code
			}
			http.Error(w, err.Error(), code)
			return
		}
		if text, ok := content.(string); ok {
			fmt.Fprint(w, text)
			return
		}
		_ = json.NewEncoder(w).Encode(content) // the asker has gone: nobody to tell
	}
}

// userOf returns for whom the password speaks: who knows the servers' password may also join agents.
func (s *Server) userOf(name, password string) string {
	same := func(secret string) bool { return subtle.ConstantTimeCompare([]byte(secret), []byte(password)) == 1 }
	switch {
	case name == "server" && same(s.tokens.server):
		return "server"
	case name == "node" && (same(s.tokens.agent) || same(s.tokens.server)), name == "server" && same(s.tokens.agent):
		return "node"
	}
	return ""
}

func (s *Server) answerReady(*http.Request) (any, error) {
	if !s.ready.Load() {
		return nil, refusal{http.StatusInternalServerError, "apiserver not ready"}
	}
	return "ok", nil
}

func (s *Server) answerBootstrap(*http.Request) (any, error) {
	if !s.ready.Load() {
		return nil, refusal{http.StatusServiceUnavailable, "apiserver not ready"}
	}
	answer := join.Bootstrap{Files: map[string][]byte{}, Cluster: s.cluster()}
	for _, name := range shared {
		content, err := os.ReadFile(s.Data.Path("server", name))
		if err != nil {
			return nil, err
		}
		answer.Files[name] = content
	}
	return answer, nil
}

// answerAgent signs a node's certificates, after the node has proven that the name is its own.
func (s *Server) answerAgent(request *http.Request) (any, error) {
	var question join.AgentRequest
	if err := json.NewDecoder(request.Body).Decode(&question); err != nil {
		return nil, refusal{http.StatusBadRequest, err.Error()}
	}
	if question.Node != s.Node {
		if !s.ready.Load() {
			return nil, refusal{http.StatusServiceUnavailable, "apiserver not ready"}
		}
		if err := s.checkNodePassword(request.Context(), question.Node, question.Password); err != nil {
			return nil, err
		}
	}
	answer := join.AgentAnswer{Cluster: s.cluster()}
	var err error
	if question.Node != s.Node { // this node's own parts use its own API
		if answer.Servers, err = s.apiServers(request.Context()); err != nil {
			return nil, err
		}
	}
	answer.Files, err = s.nodeFiles(question)
	return answer, err
}

func (s *Server) nodeFiles(question join.AgentRequest) (map[string][]byte, error) {
	hosts := append([]string{question.Node, "localhost", "127.0.0.1"}, question.Addresses...)
	files := map[string][]byte{"server-ca.crt": s.authorities.server.Cert, "client-ca.crt": s.authorities.client.Cert}
	for _, item := range []struct {
		name      string
		authority pki.Pair
		subject   pki.Subject
	}{
		{"client-kubelet", s.authorities.client, pki.Subject{Name: "system:node:" + question.Node, Groups: []string{"system:nodes"}, Client: true}},
		{"serving-kubelet", s.authorities.server, pki.Subject{Name: question.Node, Hosts: hosts}},
		{"client-kube-proxy", s.authorities.client, pki.Subject{Name: "system:kube-proxy", Client: true}},
		{"client-rke2-controller", s.authorities.client, pki.Subject{Name: "system:rke2-controller", Client: true}},
	} {
		pair, err := pki.Sign(item.authority, item.subject, time.Now())
		if err != nil {
			return nil, err
		}
		files[item.name+".crt"], files[item.name+".key"] = pair.Cert, pair.Key
	}
	return files, nil
}

// apiServers returns the addresses of the cluster's API servers. An error says nothing about the other servers, so a
// node that asks keeps the list it has.
func (s *Server) apiServers(ctx context.Context) ([]string, error) {
	if !s.ready.Load() {
		return nil, refusal{http.StatusServiceUnavailable, "apiserver not ready"}
	}
	limited, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	slices, err := s.client.DiscoveryV1().EndpointSlices("default").List(limited,
		metav1.ListOptions{LabelSelector: "kubernetes.io/service-name=kubernetes"})
	if err != nil {
		return nil, refusal{http.StatusServiceUnavailable, err.Error()}
	}
	var found []string
	for _, slice := range slices.Items {
		for _, endpoint := range slice.Endpoints {
			found = append(found, endpoint.Addresses...)
		}
	}
	if len(found) == 0 {
		return nil, refusal{http.StatusServiceUnavailable, "the API has no addresses yet"}
	}
	return found, nil
}

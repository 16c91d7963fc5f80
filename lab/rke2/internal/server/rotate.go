package server

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"time"

	"ironacre.test/lab/rke2/internal/layout"
	"ironacre.test/lab/rke2/internal/token"
)

// Rotate moves the certificates of these services (all, if none is named) aside and returns their names.
func (s *Server) Rotate(services []string) ([]string, error) {
	known := []string{"kubelet", "kube-proxy"}
	for _, item := range s.leaves() {
		known = append(known, item.service)
	}
	for _, name := range services {
		if !slices.Contains(known, name) {
			return nil, fmt.Errorf("%s is not a recognized service", name)
		}
	}
	aside := s.Data.Path("server", fmt.Sprintf("tls-%d", time.Now().Unix()))
	var gone []string
	for _, item := range s.leaves() {
		if len(services) > 0 && !slices.Contains(services, item.service) {
			continue
		}
		for _, ending := range []string{".crt", ".key"} {
			target := filepath.Join(aside, item.file+ending)
			if err := os.MkdirAll(filepath.Dir(target), 0o700); err != nil {
				return gone, err
			}
			if err := os.Rename(s.Data.TLS(item.file+ending), target); err != nil && !os.IsNotExist(err) {
				return gone, err
			}
		}
		gone = append(gone, item.file)
	}
	return gone, nil
}

// answerNewToken changes the password with which servers and agents join; it lasts over restarts.
func (s *Server) answerNewToken(request *http.Request) (any, error) {
	var question map[string]string
	if err := json.NewDecoder(request.Body).Decode(&question); err != nil {
		return nil, refusal{http.StatusBadRequest, err.Error()}
	}
	fresh, err := token.Parse(question["token"], "server")
	if err != nil {
		return nil, refusal{http.StatusBadRequest, err.Error()}
	}
	if s.tokens.agent == s.tokens.server {
		s.tokens.agent = fresh.Password
		if err := layout.Write(s.Data.Path("server", "agent-password"), []byte(fresh.Password+"\n"), 0o600); err != nil {
			return nil, err
		}
	}
	s.tokens.server = fresh.Password
	full := token.Format(s.authorities.server.Cert, "server", fresh.Password)
	return "ok", layout.Write(s.Data.Path("server", "token"), []byte(full+"\n"), 0o600)
}

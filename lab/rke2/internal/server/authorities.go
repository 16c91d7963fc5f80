package server

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"ironacre.test/lab/rke2/internal/layout"
	"ironacre.test/lab/rke2/internal/pki"
	"ironacre.test/lab/rke2/internal/token"
)

// authorities are the cluster's five; every server has them all.
type authorities struct {
	server, client, requestHeader, etcd, etcdPeer pki.Pair
}

// shared are the files that every server of a cluster has in common, below the server's folder.
var shared = []string{
	"tls/server-ca.crt", "tls/server-ca.key", "tls/client-ca.crt", "tls/client-ca.key",
	"tls/request-header-ca.crt", "tls/request-header-ca.key", "tls/etcd/server-ca.crt", "tls/etcd/server-ca.key",
	"tls/etcd/peer-ca.crt", "tls/etcd/peer-ca.key", "tls/service.key", "cred/encryption-config.json", "agent-password",
}

// loadAuthorities reads the authorities, and makes those that are missing.
func (s *Server) loadAuthorities() error {
	for _, item := range []struct {
		pair *pki.Pair
		file string
		name string
	}{
		{&s.authorities.server, s.Data.TLS("server-ca"), "rke2-server-ca"},
		{&s.authorities.client, s.Data.TLS("client-ca"), "rke2-client-ca"},
		{&s.authorities.requestHeader, s.Data.TLS("request-header-ca"), "rke2-request-header-ca"},
		{&s.authorities.etcd, s.Data.TLS("etcd", "server-ca"), "etcd-server-ca"},
		{&s.authorities.etcdPeer, s.Data.TLS("etcd", "peer-ca"), "etcd-peer-ca"},
	} {
		pair, err := pki.Load(item.file)
		if os.IsNotExist(err) {
			if pair, err = pki.NewCA(item.name, time.Now()); err == nil {
				err = pair.Save(item.file)
			}
		}
		if err != nil {
			return err
		}
		*item.pair = pair
	}
	if err := s.ensureServiceKey(); err != nil {
		return err
	}
	return s.ensureEncryption()
}

// ensureServiceKey makes the key that signs service accounts' tokens.
func (s *Server) ensureServiceKey() error {
	path := s.Data.TLS("service.key")
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return err
	}
	block := &pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}
	return layout.Write(path, pem.EncodeToMemory(block), 0o600)
}

const encryptionConfig = `{"kind":"EncryptionConfiguration","apiVersion":"apiserver.config.k8s.io/v1","resources":[` +
	`{"resources":["secrets"],"providers":[{"aescbc":{"keys":[{"name":"aescbckey","secret":%q}]}},{"identity":{}}]}]}`

func (s *Server) ensureEncryption() error {
	path := s.Data.Cred("encryption-config.json")
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	key := make([]byte, 32)
	if _, err := rand.Read(key); err != nil {
		return err
	}
	return layout.Write(path, []byte(fmt.Sprintf(encryptionConfig, base64.StdEncoding.EncodeToString(key))), 0o600)
}

// tokens are the passwords of those who join: servers, and agents if they have one of their own.
type tokens struct {
	server, agent string
}

// writeTokens settles the passwords and writes the token files.
func (s *Server) writeTokens(given string) error {
	path := s.Data.Path("server", "token")
	if given == "" {
		given = layout.ReadText(path)
	}
	if given == "" {
		given = token.Random(16)
	}
	secret, err := token.Parse(given, "server")
	if err != nil {
		return err
	}
	if err := secret.Check(s.authorities.server.Cert); err != nil {
		return err
	}
	s.tokens.server = secret.Password
	if s.tokens.agent, err = s.agentPassword(); err != nil {
		return err
	}
	full := token.Format(s.authorities.server.Cert, "server", s.tokens.server)
	if err := layout.Write(path, []byte(full+"\n"), 0o600); err != nil {
		return err
	}
	if s.tokens.agent == s.tokens.server {
		if err := linkTo(path, s.Data.Path("server", "agent-token")); err != nil {
			return err
		}
	} else {
		text := token.Format(s.authorities.server.Cert, "node", s.tokens.agent)
		if err := layout.Write(s.Data.Path("server", "agent-token"), []byte(text+"\n"), 0o600); err != nil {
			return err
		}
	}
	return linkTo(path, s.Data.Path("server", "node-token"))
}

func (s *Server) agentPassword() (string, error) {
	given, err := s.Config.Token("agent-token")
	if err != nil {
		return "", err
	}
	path := s.Data.Path("server", "agent-password")
	if given == "" {
		if given = layout.ReadText(path); given == "" {
			given = s.tokens.server
		}
	}
	secret, err := token.Parse(given, "node")
	if err != nil {
		return "", err
	}
	return secret.Password, layout.Write(path, []byte(secret.Password+"\n"), 0o600)
}

func linkTo(target, name string) error {
	if old, err := os.Readlink(name); err == nil && old == target {
		return nil
	}
	_ = os.Remove(name)
	return os.Symlink(filepath.Clean(target), name)
}

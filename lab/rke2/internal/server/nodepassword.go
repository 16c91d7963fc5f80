package server

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"ironacre.test/lab/rke2/internal/layout"
	"ironacre.test/lab/rke2/internal/logx"
	"ironacre.test/lab/rke2/internal/token"
)

const rejected = "Node password rejected, duplicate hostname or contents of '/etc/rancher/node/password' may not match " +
	"server node-passwd entry, try enabling a unique node name with the --with-node-id flag"

// checkNodePassword compares the password with the one a node of this name showed first; a new name is noted.
func (s *Server) checkNodePassword(ctx context.Context, node, password string) error {
	secrets := s.client.CoreV1().Secrets("kube-system")
	name := strings.ToLower(node) + ".node-password.rke2"
	known, err := secrets.Get(ctx, name, metav1.GetOptions{})
	if errors.IsNotFound(err) {
		immutable := true
		_, err = secrets.Create(ctx, &corev1.Secret{
			ObjectMeta: metav1.ObjectMeta{Name: name}, Immutable: &immutable,
			Data: map[string][]byte{"hash": []byte(hashed(token.Random(8), password))},
		}, metav1.CreateOptions{})
		return err
	}
	if err != nil {
		return err
	}
	salt, _, _ := strings.Cut(string(known.Data["hash"]), ":")
	if subtle.ConstantTimeCompare(known.Data["hash"], []byte(hashed(salt, password))) != 1 {
		return refusal{http.StatusForbidden, rejected}
	}
	return nil
}

// notePassword takes this node's name for this node. Its own kubelet had to start before the API could be asked.
func (s *Server) notePassword(ctx context.Context) error {
	return until(ctx, time.Second, func() error {
		return s.checkNodePassword(ctx, s.Node, layout.ReadText(layout.NodePassword))
	})
}

// hashed returns "salt:digest". The password is 128 random bits, so a plain digest gives nothing away.
func hashed(salt, password string) string {
	sum := sha256.Sum256([]byte(salt + password))
	return salt + ":" + hex.EncodeToString(sum[:])
}

// forgetNodePassword lets a node of this name come back as a new one.
func (s *Server) forgetNodePassword(ctx context.Context, node string) {
	name := strings.ToLower(node) + ".node-password.rke2"
	if err := s.client.CoreV1().Secrets("kube-system").Delete(ctx, name, metav1.DeleteOptions{}); err != nil && !errors.IsNotFound(err) {
		logx.Error("Failed to delete the password of node %s: %v", node, err)
	}
}

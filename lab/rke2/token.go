package main

import (
	"context"

	"ironacre.test/lab/rke2/internal/join"
	"ironacre.test/lab/rke2/internal/logx"
	"ironacre.test/lab/rke2/internal/token"
)

// rotateToken gives the running server a new password. The other servers learn it from their configuration.
func rotateToken(fresh, dataDir string) error {
	if fresh == "" {
		fresh = token.Random(16)
	}
	_, client, err := local(dataDir)
	if err != nil {
		return err
	}
	if err := client.Call(context.Background(), join.PathNewToken, map[string]string{"token": fresh}, nil); err != nil {
		return err
	}
	logx.Info("Token rotated, restart rke2-server with the new token on all servers")
	return nil
}

// Package token knows the join token's two forms: the short password, and the long form that names the cluster's CA.
package token

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

const prefix = "K10"

// Token is what a joining node shows. CAHash is empty for a short token: its holder cannot tell a false server.
type Token struct {
	CAHash   string
	Username string
	Password string
}

// Parse reads a token of either form; username is who a short token speaks for ("server" or "node").
func Parse(text, username string) (Token, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return Token{}, fmt.Errorf("token is empty")
	}
	if !strings.HasPrefix(text, prefix) {
		return Token{Username: username, Password: text}, nil
	}
	hash, credentials, found := strings.Cut(strings.TrimPrefix(text, prefix), "::")
	if !found || len(hash) != sha256.Size*2 {
		return Token{}, fmt.Errorf("invalid token format")
	}
	if name, password, both := strings.Cut(credentials, ":"); both {
		return Token{CAHash: hash, Username: name, Password: password}, nil
	}
	return Token{CAHash: hash, Username: username, Password: credentials}, nil
}

// Format returns the long form for a cluster whose CA certificate is caPEM.
func Format(caPEM []byte, username, password string) string {
	return fmt.Sprintf("%s%s::%s:%s", prefix, HashCA(caPEM), username, password)
}

// HashCA returns the sha256 of the CA's PEM text in hexadecimal.
func HashCA(caPEM []byte) string {
	sum := sha256.Sum256(caPEM)
	return hex.EncodeToString(sum[:])
}

// Check says whether the CA a server showed is the one the token names.
func (t Token) Check(caPEM []byte) error {
	if t.CAHash != "" && t.CAHash != HashCA(caPEM) {
		return fmt.Errorf("token CA hash does not match the Cluster CA certificate hash: %s != %s", t.CAHash, HashCA(caPEM))
	}
	return nil
}

// Random returns n random bytes in hexadecimal.
func Random(n int) string {
	bytes := make([]byte, n)
	if _, err := rand.Read(bytes); err != nil {
		panic(err) // the kernel has no randomness: nothing safe can follow
	}
	return hex.EncodeToString(bytes)
}

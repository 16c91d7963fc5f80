// Package join is the talk between a node and a server's supervisor on port 9345.
package join

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"ironacre.test/lab/rke2/internal/token"
)

// Client speaks to one server. CA is the cluster's CA certificate, proven by the token if that names it.
type Client struct {
	Base  string
	CA    []byte
	token token.Token
	http  *http.Client
}

// NewClient fetches the CA a server shows and trusts it only if the token's hash agrees; a short token has no hash,
// and its holder believes the first answer, as with the real program.
func NewClient(ctx context.Context, base string, secret token.Token) (*Client, error) {
	base = strings.TrimRight(base, "/")
	unproven := &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{
		TLSClientConfig:   &tls.Config{InsecureSkipVerify: true}, // only for /cacerts: the answer is checked against the token
		DisableKeepAlives: true,
	}}
	ca, err := fetch(ctx, unproven, base+"/cacerts")
	if err != nil {
		return nil, fmt.Errorf("failed to get CA certs: %w", err)
	}
	if err := secret.Check(ca); err != nil {
		return nil, err
	}
	return NewTrusting(base, ca, secret)
}

// NewTrusting returns a client for a server whose CA is known.
func NewTrusting(base string, ca []byte, secret token.Token) (*Client, error) {
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(ca) {
		return nil, fmt.Errorf("%s shows no CA certificate", base)
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, DisableKeepAlives: true}
	return &Client{Base: base, CA: ca, token: secret, http: &http.Client{Timeout: 30 * time.Second, Transport: transport}}, nil
}

func fetch(ctx context.Context, client *http.Client, url string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	return send(client, request)
}

func send(client *http.Client, request *http.Request) ([]byte, error) {
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		text := strings.TrimSpace(string(body))
		if text == "" {
			text = response.Status
		}
		return nil, fmt.Errorf("https://%s%s: %d %s", request.URL.Host, request.URL.Path, response.StatusCode, text)
	}
	return body, nil
}

// Call posts question as JSON (or gets, if it is nil) with the token's credentials and reads the answer.
func (c *Client) Call(ctx context.Context, path string, question, answer any) error {
	method, body := http.MethodGet, io.Reader(nil)
	if question != nil {
		text, err := json.Marshal(question)
		if err != nil {
			return err
		}
		method, body = http.MethodPost, bytes.NewReader(text)
	}
	request, err := http.NewRequestWithContext(ctx, method, c.Base+path, body)
	if err != nil {
		return err
	}
	request.SetBasicAuth(c.token.Username, c.token.Password)
	content, err := send(c.http, request)
	if err != nil || answer == nil {
		return err
	}
	return json.Unmarshal(content, answer)
}

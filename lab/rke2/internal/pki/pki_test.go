package pki

import (
	"crypto/x509"
	"path/filepath"
	"testing"
	"time"
)

var made = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func authority(t *testing.T) Pair {
	t.Helper()
	pair, err := NewCA("test-ca", made)
	if err != nil {
		t.Fatal(err)
	}
	return pair
}

func TestServingCertificateIsGoodForItsHostsOnly(t *testing.T) {
	ca := authority(t)
	pair, err := Sign(ca, Subject{Name: "api", Hosts: []string{"node1", "192.0.2.7"}}, made)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := ParseCert(pair.Cert)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(ca.Cert)
	for host, good := range map[string]bool{"node1": true, "192.0.2.7": true, "node2": false} {
		_, err := certificate.Verify(x509.VerifyOptions{Roots: pool, DNSName: host, CurrentTime: made})
		if (err == nil) != good {
			t.Errorf("%s: %v", host, err)
		}
	}
}

func TestEnsureKeepsAGoodCertificateAndReplacesOthers(t *testing.T) {
	ca, name := authority(t), filepath.Join(t.TempDir(), "leaf")
	subject := Subject{Name: "x", Hosts: []string{"a"}, Client: true}
	wider := Subject{Name: "x", Hosts: []string{"a", "b"}, Client: true}
	for _, step := range []struct {
		what    string
		ca      Pair
		subject Subject
		now     time.Time
		made    bool
	}{
		{"missing", ca, subject, made, true},
		{"good", ca, subject, made.AddDate(0, 0, 200), false},
		{"runs out within 120 days", ca, subject, made.AddDate(0, 0, 250), true},
		{"lacks a host", ca, wider, made.AddDate(0, 0, 251), true},
		{"of another authority", authority(t), wider, made.AddDate(0, 0, 251), true},
	} {
		got, err := Ensure(step.ca, name, step.subject, step.now)
		if err != nil || got != step.made {
			t.Errorf("%s: made %v, %v", step.what, got, err)
		}
	}
}

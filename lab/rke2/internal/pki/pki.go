// Package pki makes the cluster's authorities and the certificates they sign.
package pki

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"time"

	"ironacre.test/lab/rke2/internal/layout"
)

const (
	caYears   = 10
	leafDays  = 365
	renewDays = 120
)

// Pair is a certificate and its key as PEM.
type Pair struct {
	Cert []byte
	Key  []byte
}

// NewCA returns a self-signed authority whose name carries the time it was made.
func NewCA(name string, now time.Time) (Pair, error) {
	template := &x509.Certificate{
		SerialNumber:          serial(),
		Subject:               pkix.Name{CommonName: fmt.Sprintf("%s@%d", name, now.Unix())},
		NotBefore:             now.Add(-time.Minute),
		NotAfter:              now.AddDate(caYears, 0, 0),
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment | x509.KeyUsageCertSign,
		BasicConstraintsValid: true,
		IsCA:                  true,
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return Pair{}, err
	}
	return encode(template, template, key, key)
}

// Subject says what a leaf certificate is for. Hosts are names and addresses of a serving certificate.
type Subject struct {
	Name   string
	Groups []string
	Hosts  []string
	Client bool
}

// Sign returns a leaf certificate of a year, signed by the authority.
func Sign(authority Pair, subject Subject, now time.Time) (Pair, error) {
	parent, signer, err := authority.parse()
	if err != nil {
		return Pair{}, err
	}
	template := &x509.Certificate{
		SerialNumber: serial(),
		Subject:      pkix.Name{CommonName: subject.Name, Organization: subject.Groups},
		NotBefore:    now.Add(-time.Minute),
		NotAfter:     now.AddDate(0, 0, leafDays),
		KeyUsage:     x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment,
		ExtKeyUsage:  usages(subject),
	}
	for _, host := range subject.Hosts {
		if address := net.ParseIP(host); address != nil {
			template.IPAddresses = append(template.IPAddresses, address)
		} else {
			template.DNSNames = append(template.DNSNames, host)
		}
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return Pair{}, err
	}
	pair, err := encode(template, parent, key, signer)
	pair.Cert = append(pair.Cert, authority.Cert...)
	return pair, err
}

func usages(subject Subject) []x509.ExtKeyUsage {
	var found []x509.ExtKeyUsage
	if len(subject.Hosts) > 0 {
		found = append(found, x509.ExtKeyUsageServerAuth)
	}
	if subject.Client {
		found = append(found, x509.ExtKeyUsageClientAuth)
	}
	return found
}

func encode(template, parent *x509.Certificate, key *ecdsa.PrivateKey, signer crypto.Signer) (Pair, error) {
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		return Pair{}, err
	}
	bytes, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return Pair{}, err
	}
	return Pair{
		Cert: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		Key:  pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: bytes}),
	}, nil
}

func (p Pair) parse() (*x509.Certificate, crypto.Signer, error) {
	certificate, err := ParseCert(p.Cert)
	if err != nil {
		return nil, nil, err
	}
	block, _ := pem.Decode(p.Key)
	if block == nil {
		return nil, nil, fmt.Errorf("key is no PEM")
	}
	key, err := x509.ParseECPrivateKey(block.Bytes)
	return certificate, key, err
}

// ParseCert returns the first certificate of a PEM text.
func ParseCert(text []byte) (*x509.Certificate, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, fmt.Errorf("certificate is no PEM")
	}
	return x509.ParseCertificate(block.Bytes)
}

func serial() *big.Int {
	number, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 63))
	if err != nil {
		panic(err) // the kernel has no randomness: nothing safe can follow
	}
	return number
}

// Load reads NAME.crt and NAME.key.
func Load(name string) (Pair, error) {
	cert, err := os.ReadFile(name + ".crt")
	if err != nil {
		return Pair{}, err
	}
	key, err := os.ReadFile(name + ".key")
	return Pair{Cert: cert, Key: key}, err
}

// Save writes NAME.crt and NAME.key.
func (p Pair) Save(name string) error {
	if err := layout.Write(name+".crt", p.Cert, 0o644); err != nil {
		return err
	}
	return layout.Write(name+".key", p.Key, 0o600)
}

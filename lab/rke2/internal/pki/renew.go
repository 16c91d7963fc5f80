package pki

import (
	"bytes"
	"crypto/x509"
	"slices"
	"time"
)

// Ensure makes NAME.crt and NAME.key if they are missing, run out within 120 days, were signed by another authority or
// lack one of the hosts. It tells whether it made them.
func Ensure(authority Pair, name string, subject Subject, now time.Time) (bool, error) {
	if old, err := Load(name); err == nil && good(old, authority, subject, now) {
		return false, nil
	}
	pair, err := Sign(authority, subject, now)
	if err != nil {
		return false, err
	}
	return true, pair.Save(name)
}

func good(pair, authority Pair, subject Subject, now time.Time) bool {
	certificate, err := ParseCert(pair.Cert)
	if err != nil || now.AddDate(0, 0, renewDays).After(certificate.NotAfter) {
		return false
	}
	parent, err := ParseCert(authority.Cert)
	if err != nil || certificate.CheckSignatureFrom(parent) != nil || !bytes.HasSuffix(pair.Cert, authority.Cert) {
		return false
	}
	return covers(certificate, subject.Hosts)
}

func covers(certificate *x509.Certificate, hosts []string) bool {
	has := slices.Clone(certificate.DNSNames)
	for _, address := range certificate.IPAddresses {
		has = append(has, address.String())
	}
	for _, host := range hosts {
		if !slices.Contains(has, host) {
			return false
		}
	}
	return true
}

// Package front is the simulator's HTTP side: SOAP, files of datastores, exports, and the faults of all three.
package front

import (
	"crypto/sha1"
	"crypto/tls"
	"fmt"
	"log"
	"net/http"
	"strings"

	"github.com/vmware/govmomi/vim25"

	"ironacre.test/lab/vcenter/vsphere"
)

// Handler answers what a vCenter answers.
func Handler(center *vsphere.Center) http.Handler {
	mux := http.NewServeMux()
	s := &server{center}
	mux.Handle(vim25.Path, s.watched("sdk", http.HandlerFunc(s.sdk)))
	mux.Handle(vim25.Path+"/vimService", s.watched("sdk", http.HandlerFunc(s.sdk)))
	mux.Handle(vim25.Path+"/vimServiceVersions.xml", s.watched("versions", http.HandlerFunc(center.ServeVersions)))
	mux.Handle("/folder/", s.watched("folder", http.HandlerFunc(s.folder)))
	mux.Handle("/nfc/", s.watched("nfc", http.HandlerFunc(s.nfc)))
	return mux
}

type server struct {
	center *vsphere.Center
}

// Serve answers over TLS; HTTP/1.1 only, as vCenter.
func Serve(address, certificate, key string, handler http.Handler) error {
	listening := &http.Server{
		Addr: address, Handler: handler, ErrorLog: log.New(quiet{}, "", 0),
		TLSConfig:    &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}},
		TLSNextProto: map[string]func(*http.Server, *tls.Conn, http.Handler){},
	}
	return listening.ListenAndServeTLS(certificate, key)
}

// quiet drops what the HTTP library says about clients that go away.
type quiet struct{}

func (quiet) Write(data []byte) (int, error) {
	if !strings.Contains(string(data), "TLS handshake error") {
		log.Print(string(data))
	}
	return len(data), nil
}

// Thumbprint returns the SHA-1 of a certificate as vSphere writes it.
func Thumbprint(certificate, key string) (string, error) {
	pair, err := tls.LoadX509KeyPair(certificate, key)
	if err != nil {
		return "", err
	}
	sum := sha1.Sum(pair.Certificate[0])
	return strings.ReplaceAll(fmt.Sprintf("% X", sum[:]), " ", ":"), nil
}

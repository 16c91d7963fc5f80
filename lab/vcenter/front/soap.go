package front

import (
	"bytes"
	"io"
	"net/http"
	"regexp"
)

// requestLimit is more than any call of an import needs.
const requestLimit = 16 << 20

var (
	called = regexp.MustCompile(`<(?:\w+:)?Body[^>]*>\s*<(?:\w+:)?(\w+)`)
	unset  = []byte("<RetrievePropertiesExResponse ")
	nobody = []byte(`<?xml version="1.0" encoding="UTF-8"?>
<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>` +
		`<FetchResponse xmlns="urn:vim25"></FetchResponse></soapenv:Body></soapenv:Envelope>`)
)

// method returns the SOAP method of a request, its verb elsewhere. A SOAP request can be read again afterwards.
func method(endpoint string, r *http.Request) string {
	if endpoint != "sdk" {
		return r.Method
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, requestLimit))
	r.Body.Close()
	r.Body = io.NopCloser(bytes.NewReader(body))
	found := called.FindSubmatch(body)
	if err != nil || found == nil {
		return ""
	}
	return string(found[1])
}

// sdk answers SOAP. To a Fetch of a property that is not set, the simulator gives an answer of another call, which
// pyVmomi takes for a missing property; vCenter gives an empty answer.
func (s *server) sdk(w http.ResponseWriter, r *http.Request) {
	if method("sdk", r) != "Fetch" {
		s.center.ServeSDK(w, r)
		return
	}
	kept := &recorder{ResponseWriter: w, status: http.StatusOK}
	s.center.ServeSDK(kept, r)
	if bytes.Contains(kept.body.Bytes(), unset) {
		kept.body.Reset()
		kept.body.Write(nobody)
	}
	w.WriteHeader(kept.status)
	w.Write(kept.body.Bytes())
}

// recorder keeps an answer back.
type recorder struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (r *recorder) WriteHeader(status int)         { r.status = status }
func (r *recorder) Write(data []byte) (int, error) { return r.body.Write(data) }

package front

import (
	"errors"
	"net"
	"net/http"
	"strconv"

	"ironacre.test/lab/vcenter/watch"
)

var errCut = errors.New("cut by a fault")

// watched writes a request down and lets go wrong what is to go wrong.
func (s *server) watched(endpoint string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		out := &writer{ResponseWriter: w, journal: s.center.Journal, verb: r.Method, endpoint: endpoint}
		defer out.answered(http.StatusOK)
		for _, fault := range s.center.Faults.Take(endpoint, method(endpoint, r)) {
			if fault.Kind == "status" {
				http.Error(out, "injected", fault.Status)
				return
			}
			if fault.Kind == "ignore_range" {
				r.Header.Del("Range")
			}
			out.faults = append(out.faults, fault)
		}
		if endpoint == "nfc" {
			out.faults = append(out.faults, s.center.Faults.Take("lease", "")...)
		}
		out.expire = func() { s.center.ExpireLeases() }
		next.ServeHTTP(out, r)
	})
}

// writer counts what goes out, and cuts it. It counts first: who has read an answer finds it in the journal.
type writer struct {
	http.ResponseWriter
	journal        *watch.Journal
	verb, endpoint string
	faults         []watch.Fault
	sent           int64
	started        bool
	expire         func()
}

// answered writes the request down, once.
func (w *writer) answered(status int) {
	if !w.started {
		w.started = true
		w.journal.Answered(w.verb, w.endpoint, status)
	}
}

// send counts what goes out, and takes back what did not.
func (w *writer) send(data []byte) (int, error) {
	w.journal.Sent(w.verb, w.endpoint, int64(len(data)))
	n, err := w.ResponseWriter.Write(data)
	if n < len(data) {
		w.journal.Sent(w.verb, w.endpoint, int64(n-len(data)))
	}
	w.sent += int64(n)
	return n, err
}

func (w *writer) WriteHeader(status int) {
	w.answered(status)
	for _, fault := range w.faults {
		w.spoil(fault)
	}
	w.ResponseWriter.WriteHeader(status)
}

// spoil changes the headers of an answer.
func (w *writer) spoil(fault watch.Fault) {
	switch fault.Kind {
	case "no_accept_ranges", "ignore_range":
		w.Header().Del("Accept-Ranges")
	case "wrong_length":
		if length, err := strconv.ParseInt(w.Header().Get("Content-Length"), 10, 64); err == nil {
			w.Header().Set("Content-Length", strconv.FormatInt(length+fault.Delta, 10))
		}
	}
}

func (w *writer) Write(data []byte) (int, error) {
	whole := len(data)
	if !w.started {
		w.WriteHeader(http.StatusOK)
	}
	for _, fault := range w.faults {
		if fault.Kind == "short" {
			data = data[:min(int64(len(data)), max(0, fault.AfterBytes-w.sent))]
		}
		if cut := w.cut(fault, data); cut != nil {
			return 0, cut
		}
	}
	n, err := w.send(data)
	if err == nil {
		n = whole // who writes does not learn that the rest is lost
	}
	return n, err
}

// cut sends what is still to be sent before a fault and ends the answer; nil when it is not time yet.
func (w *writer) cut(fault watch.Fault, data []byte) error {
	cuts := fault.Kind == "reset" || fault.Kind == "truncate" || fault.Kind == "expire"
	if !cuts || w.sent+int64(len(data)) <= fault.AfterBytes {
		return nil
	}
	if fault.Kind == "expire" {
		w.expire()
	}
	w.send(data[:max(0, fault.AfterBytes-w.sent)])
	if fault.Kind != "truncate" {
		w.reset()
	}
	return errCut
}

// reset ends the connection the hard way.
func (w *writer) reset() {
	if flusher, ok := w.ResponseWriter.(http.Flusher); ok {
		flusher.Flush()
	}
	connection, _, err := w.ResponseWriter.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	if secure, ok := connection.(interface{ NetConn() net.Conn }); ok {
		connection = secure.NetConn()
	}
	if plain, ok := connection.(*net.TCPConn); ok {
		plain.SetLinger(0)
	}
	connection.Close()
}

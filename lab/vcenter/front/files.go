package front

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"ironacre.test/lab/vcenter/vsphere"
)

// folder answers GET and HEAD of a datastore's files, with ranges.
func (s *server) folder(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		http.Error(w, "only read here", http.StatusMethodNotAllowed)
		return
	}
	if !s.center.Authorized(r) {
		w.Header().Set("WWW-Authenticate", `Basic realm="VMware HTTP server"`)
		http.Error(w, "who are you", http.StatusUnauthorized)
		return
	}
	name := strings.TrimPrefix(r.URL.Path, "/folder/")
	view, err := s.center.Flat(name, r.URL.Query())
	switch {
	case errors.Is(err, vsphere.ErrLocked):
		http.Error(w, "Unable to access file since it is locked", http.StatusInternalServerError)
	case err == nil:
		w.Header().Set("Content-Type", "application/octet-stream")
		http.ServeContent(w, r, "", time.Time{}, view.Reader())
	default:
		s.plain(w, r, name)
	}
}

func (s *server) plain(w http.ResponseWriter, r *http.Request, name string) {
	path, err := s.center.File(name, r.URL.Query())
	if err != nil {
		http.NotFound(w, r)
		return
	}
	http.ServeFile(w, r, path)
}

// nfc sends a file of an export. The address is secret enough: nobody logs in here, as on ESXi.
func (s *server) nfc(w http.ResponseWriter, r *http.Request) {
	token, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/nfc/"), "/")
	export := s.center.OpenExport(token, name)
	if export == nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/x-vnd.vmware-streamVmdk")
	w.Header().Set("Connection", "close")
	if r.Method != http.MethodGet {
		return
	}
	if err := export.Send(w); err != nil {
		panic(http.ErrAbortHandler) // a stream that breaks off must not look like one that ends
	}
}

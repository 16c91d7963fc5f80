package front

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"

	"ironacre.test/lab/vcenter/disks"
	"ironacre.test/lab/vcenter/vsphere"
	"ironacre.test/lab/vcenter/watch"
)

// Control answers those who rehearse: it makes machines write, lets things fail, and tells what was asked for.
func Control(center *vsphere.Center) http.Handler {
	mux := http.NewServeMux()
	c := &control{center}
	mux.HandleFunc("GET /journal", func(w http.ResponseWriter, _ *http.Request) {
		center.Journal.View(func(report *watch.Report) { answer(w, report) })
	})
	mux.HandleFunc("DELETE /journal", func(w http.ResponseWriter, _ *http.Request) { center.Journal.Clear() })
	mux.HandleFunc("GET /faults", func(w http.ResponseWriter, _ *http.Request) { answer(w, center.Faults.List()) })
	mux.HandleFunc("POST /faults", c.addFault)
	mux.HandleFunc("DELETE /faults", func(w http.ResponseWriter, _ *http.Request) { center.Faults.Clear() })
	mux.HandleFunc("POST /sessions/expire", func(w http.ResponseWriter, _ *http.Request) { center.ExpireSessions() })
	mux.HandleFunc("POST /leases/expire", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, center.ExpireLeases())
	})
	mux.HandleFunc("GET /machines", func(w http.ResponseWriter, _ *http.Request) { answer(w, center.States()) })
	mux.HandleFunc("GET /machines/{machine}/disks/{disk}", c.disk(c.content))
	mux.HandleFunc("GET /machines/{machine}/disks/{disk}/sha256", c.disk(c.digest))
	mux.HandleFunc("POST /machines/{machine}/disks/{disk}/scribble", c.disk(c.scribble))
	mux.HandleFunc("PUT /machines/{machine}/disks/{disk}", c.disk(c.write))
	mux.HandleFunc("POST /machines/{machine}/disks/{disk}/reset_changes", c.disk(c.reset))
	return mux
}

type control struct {
	center *vsphere.Center
}

func answer(w http.ResponseWriter, what any) {
	w.Header().Set("Content-Type", "application/json")
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", " ")
	encoder.Encode(what)
}

func (c *control) addFault(w http.ResponseWriter, r *http.Request) {
	var fault watch.Fault
	decoder := json.NewDecoder(r.Body)
	decoder.DisallowUnknownFields()
	if err := errors.Join(decoder.Decode(&fault), c.center.Faults.Add(fault)); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
	}
}

// disk looks the disk of a request up.
func (c *control) disk(next func(http.ResponseWriter, *http.Request, *disks.Disk) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		number, err := strconv.Atoi(r.PathValue("disk"))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		disk, err := c.center.Disk(r.PathValue("machine"), number)
		if err != nil {
			http.Error(w, err.Error(), http.StatusNotFound)
			return
		}
		if err := next(w, r, disk); err != nil {
			http.Error(w, err.Error(), http.StatusConflict)
		}
	}
}

func (c *control) content(w http.ResponseWriter, _ *http.Request, disk *disks.Disk) error {
	w.Header().Set("Content-Length", strconv.FormatInt(disk.Capacity, 10))
	_, err := io.Copy(w, disk.Now().Reader())
	return err
}

func (c *control) digest(w http.ResponseWriter, _ *http.Request, disk *disks.Disk) error {
	sum := sha256.New()
	if _, err := io.CopyBuffer(sum, disk.Now().Reader(), make([]byte, 1<<20)); err != nil {
		return err
	}
	answer(w, hex.EncodeToString(sum.Sum(nil)))
	return nil
}

// scribble writes as a running machine does; one that is off refuses.
func (c *control) scribble(w http.ResponseWriter, r *http.Request, disk *disks.Disk) error {
	if err := c.center.Running(r.PathValue("machine")); err != nil {
		return err
	}
	what := disks.Scribble{Seed: 1, Pieces: 16, Bytes: 4096}
	if err := json.NewDecoder(r.Body).Decode(&what); err != nil && err != io.EOF {
		return err
	}
	areas, err := what.Apply(disk)
	if err != nil {
		return err
	}
	answer(w, areas)
	return nil
}

// write puts the request's body at an offset.
func (c *control) write(_ http.ResponseWriter, r *http.Request, disk *disks.Disk) error {
	if err := c.center.Running(r.PathValue("machine")); err != nil {
		return err
	}
	offset, err := strconv.ParseInt(r.URL.Query().Get("offset"), 10, 64)
	if err != nil {
		return err
	}
	data, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, 64<<20))
	if err != nil {
		return err
	}
	return disk.Write(data, offset)
}

func (c *control) reset(_ http.ResponseWriter, _ *http.Request, disk *disks.Disk) error {
	disk.ResetChanges()
	return nil
}

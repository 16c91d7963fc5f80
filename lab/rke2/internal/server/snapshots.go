package server

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"ironacre.test/lab/rke2/internal/join"
	"ironacre.test/lab/rke2/internal/logx"
)

// Snapshot is one saved copy of the datastore.
type Snapshot struct {
	Name      string    `json:"name"`
	Location  string    `json:"location"`
	Size      int64     `json:"size"`
	CreatedAt time.Time `json:"createdAt"`
}

func (s *Server) snapshotFolder(given string) string {
	if given != "" {
		return given
	}
	if set := s.Config.Text("etcd-snapshot-dir"); set != "" {
		return set
	}
	return s.Data.Path("server", "db", "snapshots")
}

func (s *Server) answerSnapshot(request *http.Request) (any, error) {
	var question join.SnapshotRequest
	if err := json.NewDecoder(request.Body).Decode(&question); err != nil {
		return nil, refusal{http.StatusBadRequest, err.Error()}
	}
	folder := s.snapshotFolder(question.Dir)
	switch question.Operation {
	case "save":
		saved, err := s.saveSnapshot(request.Context(), folder, question.Names[0], question.Compress)
		return []Snapshot{saved}, err
	case "list":
		return listSnapshots(folder)
	case "delete":
		return deleteSnapshots(folder, question.Names)
	case "prune":
		return pruneSnapshots(folder, question.Names[0]+"-"+s.Node, question.Retention)
	}
	return nil, refusal{http.StatusBadRequest, "unknown operation " + question.Operation}
}

// saveSnapshot streams the datastore into a file that gets its name when it is complete.
func (s *Server) saveSnapshot(ctx context.Context, folder, prefix string, compress bool) (Snapshot, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return Snapshot{}, err
	}
	client, err := s.etcdClient()
	if err != nil {
		return Snapshot{}, err
	}
	defer client.Close()
	stream, err := client.Snapshot(ctx)
	if err != nil {
		return Snapshot{}, err
	}
	defer stream.Close()
	name := fmt.Sprintf("%s-%s-%d", prefix, s.Node, time.Now().Unix())
	if compress {
		name += ".gz"
	}
	path := filepath.Join(folder, name)
	if err := writeStream(path, stream, compress); err != nil {
		return Snapshot{}, err
	}
	return describe(path)
}

func writeStream(path string, source io.Reader, compress bool) error {
	file, err := os.OpenFile(path+".part", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer file.Close()
	target := io.WriteCloser(file)
	if compress {
		target = gzip.NewWriter(file)
	}
	if _, err := io.Copy(target, source); err != nil {
		return err
	}
	if compress {
		if err := target.Close(); err != nil {
			return err
		}
	}
	if err := file.Sync(); err != nil {
		return err
	}
	return os.Rename(path+".part", path)
}

func describe(path string) (Snapshot, error) {
	info, err := os.Stat(path)
	if err != nil {
		return Snapshot{}, err
	}
	return Snapshot{Name: filepath.Base(path), Location: "file://" + path, Size: info.Size(), CreatedAt: info.ModTime().UTC()}, nil
}

// listSnapshots returns the folder's snapshots, the oldest first.
func listSnapshots(folder string) ([]Snapshot, error) {
	entries, err := os.ReadDir(folder)
	if err != nil && !os.IsNotExist(err) {
		return nil, err
	}
	found := []Snapshot{}
	for _, entry := range entries {
		if strings.HasSuffix(entry.Name(), ".part") {
			continue
		}
		if item, err := describe(filepath.Join(folder, entry.Name())); err == nil {
			found = append(found, item)
		}
	}
	sort.SliceStable(found, func(i, j int) bool { return found[i].CreatedAt.Before(found[j].CreatedAt) })
	return found, nil
}

func deleteSnapshots(folder string, names []string) ([]Snapshot, error) {
	var gone []Snapshot
	for _, name := range names {
		path := filepath.Join(folder, filepath.Base(name))
		item, err := describe(path)
		if err != nil {
			return gone, refusal{http.StatusNotFound, fmt.Sprintf("snapshot %s not found", name)}
		}
		if err := os.Remove(path); err != nil {
			return gone, err
		}
		gone = append(gone, item)
	}
	return gone, nil
}

// pruneSnapshots keeps the newest of those whose name starts with the prefix.
func pruneSnapshots(folder, prefix string, keep int) ([]Snapshot, error) {
	all, err := listSnapshots(folder)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, item := range all {
		if strings.HasPrefix(item.Name, prefix) {
			names = append(names, item.Name)
		}
	}
	return deleteSnapshots(folder, names[:max(0, len(names)-keep)])
}

// keepSnapshots saves the datastore on schedule.
func (s *Server) keepSnapshots(ctx context.Context) {
	if s.Config.On("etcd-disable-snapshots") {
		return
	}
	schedule, err := cron.ParseStandard(s.Config.Text("etcd-snapshot-schedule-cron"))
	if err != nil {
		logx.Error("etcd-snapshot-schedule-cron: %v", err)
		return
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Until(schedule.Next(time.Now()))):
		}
		s.scheduledSnapshot(ctx)
	}
}

func (s *Server) scheduledSnapshot(ctx context.Context) {
	folder, prefix := s.snapshotFolder(""), s.Config.Text("etcd-snapshot-name")
	saved, err := s.saveSnapshot(ctx, folder, prefix, s.Config.On("etcd-snapshot-compress"))
	if err != nil {
		logx.Error("etcd-snapshot: %v", err)
		return
	}
	logx.Info("Snapshot %s saved", saved.Name)
	keep, err := strconv.Atoi(s.Config.Text("etcd-snapshot-retention"))
	if err != nil || keep < 1 {
		return
	}
	if _, err := pruneSnapshots(folder, prefix+"-"+s.Node, keep); err != nil {
		logx.Error("etcd-snapshot prune: %v", err)
	}
}

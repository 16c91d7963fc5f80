package server

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"ironacre.test/lab/rke2/internal/layout"
	"ironacre.test/lab/rke2/internal/logx"
)

const resetDone = "Managed etcd cluster membership has been reset, restart without --cluster-reset flag now. " +
	"Backup and delete ${datadir}/server/db on each peer etcd server and rejoin the nodes"

// Reset makes this node the only member of its etcd cluster, from a snapshot or from the data that is there.
func (s *Server) Reset(bin string) error {
	flag := s.Data.Path("server", "db", "reset-flag")
	if _, err := os.Stat(flag); err == nil {
		return fmt.Errorf("Managed etcd cluster membership was previously reset to an empty list, please remove the cluster-reset flag "+
			"and start rke2 normally. If you need to perform another cluster reset, you must first manually delete the file at %s", flag)
	}
	if err := refuseWhenRunning(); err != nil {
		return err
	}
	if err := s.Prepare(context.Background()); err != nil {
		return err
	}
	name, err := s.memberName()
	if err != nil {
		return err
	}
	s.removeManifests("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler")
	if snapshot := s.Config.Text("cluster-reset-restore-path"); snapshot != "" {
		err = s.restore(bin, name, snapshot)
	} else {
		err = s.forceSingle(bin, name)
	}
	if err != nil {
		return err
	}
	if err := layout.Write(flag, nil, 0o600); err != nil {
		return err
	}
	logx.Info(resetDone)
	return nil
}

// refuseWhenRunning looks for an etcd that still holds its port: its data must not be changed under it.
func refuseWhenRunning() error {
	connection, err := net.DialTimeout("tcp", "127.0.0.1:2379", time.Second)
	if err != nil {
		return nil
	}
	connection.Close()
	return errors.New("etcd is running on this node: stop rke2-server and run rke2-killall.sh first")
}

// restore replaces the data by a snapshot's; what was there is kept beside it.
func (s *Server) restore(bin, name, snapshot string) error {
	if _, err := os.Stat(snapshot); err != nil {
		return fmt.Errorf("etcd: snapshot path does not exist: %s", snapshot)
	}
	folder := s.Data.Path("server", "db", "etcd")
	if err := os.Rename(folder, fmt.Sprintf("%s-old-%d", folder, time.Now().Unix())); err != nil && !os.IsNotExist(err) {
		return err
	}
	command := exec.Command(filepath.Join(bin, "etcdutl"), "snapshot", "restore", snapshot, "--name="+name, "--data-dir="+folder,
		"--initial-cluster="+name+"="+s.peerURL(), "--initial-advertise-peer-urls="+s.peerURL(), "--bump-revision=1000000", "--mark-compacted")
	if output, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("etcdutl: %w: %s", err, output)
	}
	return layout.Write(filepath.Join(folder, "name"), []byte(name+"\n"), 0o600)
}

// forceSingle starts etcd once so that it forgets the other members, and stops it when it answers.
func (s *Server) forceSingle(bin, name string) error {
	if !s.hasDatastore() {
		return errors.New("there is no datastore to reset on this node")
	}
	if err := s.writeEtcdConfig(name, name+"="+s.peerURL(), "existing\nforce-new-cluster: true"); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, filepath.Join(bin, "etcd"), "--config-file="+s.etcdConfigPath())
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	if err := command.Start(); err != nil {
		return err
	}
	err := s.becomeVoter(ctx)
	_ = command.Process.Signal(os.Interrupt) // it may have ended by itself; Wait says so
	_ = command.Wait()
	return err
}

// Package child runs programs that must not stop: it starts them again when they end, and takes them down with the parent.
package child

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"ironacre.test/lab/rke2/internal/logx"
)

// Program is one child. Its output is appended to Log.
type Program struct {
	Name string
	Path string
	Args []string
	Env  []string
	Log  string
}

const (
	firstPause = time.Second
	longPause  = 15 * time.Second
	// A program that ran this long before it ended is started again without a growing pause.
	steady = time.Minute
)

// Keep runs the program until the context ends. It returns when the program has ended too.
func Keep(ctx context.Context, program Program) {
	// The kernel ends a child when the thread that started it ends, so the thread must stay as long as the child.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for pause := firstPause; ctx.Err() == nil; pause = min(2*pause, longPause) {
		started := time.Now()
		logx.Info("Running %s", program.Name)
		err := run(ctx, program)
		if ctx.Err() != nil {
			return
		}
		if time.Since(started) > steady {
			pause = firstPause
		}
		logx.Error("%s exited: %v; starting it again in %s", program.Name, err, pause)
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
}

func run(ctx context.Context, program Program) error {
	if err := os.MkdirAll(filepath.Dir(program.Log), 0o755); err != nil {
		return err
	}
	log, err := os.OpenFile(program.Log, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	command := exec.CommandContext(ctx, program.Path, program.Args...)
	command.Env = append(withoutNotify(os.Environ()), program.Env...)
	command.Stdout, command.Stderr = log, log
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	command.Cancel = func() error { return command.Process.Signal(syscall.SIGTERM) }
	command.WaitDelay = 10 * time.Second
	return command.Run()
}

// withoutNotify keeps a child from telling systemd that it is the service.
func withoutNotify(environment []string) []string {
	return slices.DeleteFunc(environment, func(item string) bool { return strings.HasPrefix(item, "NOTIFY_SOCKET=") })
}

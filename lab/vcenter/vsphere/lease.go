package vsphere

import (
	"crypto/sha1"
	"encoding/hex"
	"hash"
	"io"
	"time"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"

	"ironacre.test/lab/vcenter/disks"
	"ironacre.test/lab/vcenter/streamvmdk"
)

// leaseSeconds is how long a lease lives without a sign of progress.
const leaseSeconds = 300

// lease is an export in progress: a managed object of one session, and files under /nfc/.
type lease struct {
	mo.HttpNfcLease
	center   *Center
	token    string
	files    map[string]*exportFile
	progress time.Time
}

// exportFile is one file of an export: a disk, or the few bytes of an NVRAM.
type exportFile struct {
	view  *disks.View
	bytes []byte
	sent  *types.HttpNfcLeaseManifestEntry
	key   string
}

// HttpNfcLeaseProgress keeps the lease alive.
func (l *lease) HttpNfcLeaseProgress(_ *simulator.Context, req *types.HttpNfcLeaseProgress) soap.HasFault {
	l.center.mu.Lock()
	defer l.center.mu.Unlock()
	if l.expired() {
		return &methods.HttpNfcLeaseProgressBody{Fault_: simulator.Fault("", &types.Timedout{})}
	}
	l.progress, l.TransferProgress = time.Now(), req.Percent
	return &methods.HttpNfcLeaseProgressBody{Res: &types.HttpNfcLeaseProgressResponse{}}
}

// HttpNfcLeaseComplete ends the lease.
func (l *lease) HttpNfcLeaseComplete(ctx *simulator.Context, req *types.HttpNfcLeaseComplete) soap.HasFault {
	if !l.end(types.HttpNfcLeaseStateDone) {
		return &methods.HttpNfcLeaseCompleteBody{Fault_: simulator.Fault("", &types.InvalidState{})}
	}
	ctx.Session.Remove(ctx, req.This)
	return &methods.HttpNfcLeaseCompleteBody{Res: &types.HttpNfcLeaseCompleteResponse{}}
}

// HttpNfcLeaseAbort ends the lease, too.
func (l *lease) HttpNfcLeaseAbort(ctx *simulator.Context, req *types.HttpNfcLeaseAbort) soap.HasFault {
	l.end(types.HttpNfcLeaseStateDone)
	ctx.Session.Remove(ctx, req.This)
	return &methods.HttpNfcLeaseAbortBody{Res: &types.HttpNfcLeaseAbortResponse{}}
}

// HttpNfcLeaseGetManifest tells digest and size of what was downloaded whole.
func (l *lease) HttpNfcLeaseGetManifest(*simulator.Context, *types.HttpNfcLeaseGetManifest) soap.HasFault {
	l.center.mu.Lock()
	defer l.center.mu.Unlock()
	var entries []types.HttpNfcLeaseManifestEntry
	for _, file := range l.files {
		if file.sent != nil {
			entries = append(entries, *file.sent)
		}
	}
	return &methods.HttpNfcLeaseGetManifestBody{Res: &types.HttpNfcLeaseGetManifestResponse{Returnval: entries}}
}

// end takes a living lease out; it tells whether the lease was alive.
func (l *lease) end(state types.HttpNfcLeaseState) bool {
	l.center.mu.Lock()
	defer l.center.mu.Unlock()
	alive := !l.expired()
	delete(l.center.leases, l.token)
	if alive {
		l.State = state
	}
	return alive
}

// expired is asked with the lock held; a lease that is too old turns into an error then.
func (l *lease) expired() bool {
	if l.State == types.HttpNfcLeaseStateReady && time.Since(l.progress) > leaseSeconds*time.Second {
		l.expire()
	}
	return l.State != types.HttpNfcLeaseStateReady
}

func (l *lease) expire() {
	l.State = types.HttpNfcLeaseStateError
	l.Error = &types.LocalizedMethodFault{Fault: &types.Timedout{}, LocalizedMessage: "The lease has timed out"}
	delete(l.center.leases, l.token)
}

// ExpireLeases lets all leases end as if nobody had told of progress.
func (c *Center) ExpireLeases() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	count := len(c.leases)
	for _, l := range c.leases {
		l.expire()
	}
	return count
}

func (c *Center) leaseOf(ref string) *lease {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, l := range c.leases {
		if l.Self.Value == ref {
			return l
		}
	}
	return nil
}

// exported tells whether a machine's disks are being exported.
func (c *Center) exported(ref types.ManagedObjectReference) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, l := range c.leases {
		if l.Info.Entity == ref && !l.expired() {
			return true
		}
	}
	return false
}

// Export is a file that is ready to be sent.
type Export struct {
	lease *lease
	file  *exportFile
	name  string
}

// OpenExport returns a file of a living lease, nil when there is none.
func (c *Center) OpenExport(token, name string) *Export {
	c.mu.Lock()
	defer c.mu.Unlock()
	l := c.leases[token]
	if l == nil || l.expired() || l.files[name] == nil {
		return nil
	}
	return &Export{lease: l, file: l.files[name], name: name}
}

// Send writes the file; what was sent whole goes into the lease's manifest.
func (e *Export) Send(out io.Writer) error {
	counted := &digest{out: out, sum: sha1.New()}
	if e.file.view == nil {
		if _, err := counted.Write(e.file.bytes); err != nil {
			return err
		}
	} else if err := streamvmdk.Write(counted, e.file.view, e.file.view.Size(), e.name); err != nil {
		return err
	}
	e.lease.center.mu.Lock()
	defer e.lease.center.mu.Unlock()
	e.file.sent = &types.HttpNfcLeaseManifestEntry{
		Key: e.file.key, Sha1: hex.EncodeToString(counted.sum.Sum(nil)), Size: counted.size, Disk: e.file.view != nil,
	}
	if e.file.view != nil {
		e.file.sent.Capacity = e.file.view.Size()
	}
	return nil
}

type digest struct {
	out  io.Writer
	sum  hash.Hash
	size int64
}

func (d *digest) Write(data []byte) (int, error) {
	d.sum.Write(data)
	d.size += int64(len(data))
	return d.out.Write(data)
}

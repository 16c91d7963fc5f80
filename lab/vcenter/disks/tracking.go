package disks

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/google/uuid"
)

// ErrUnknownChange says that a change id is not of this disk, or that changes are not tracked.
var ErrUnknownChange = errors.New("the change id is unknown")

// tracking remembers which grains were written between snapshots: a change id is "UUID/SEQUENCE", as vSphere's are.
type tracking struct {
	id       string
	sequence int
	written  map[int]map[int64]struct{}
}

// Track starts change tracking; does nothing when it runs.
func (d *Disk) Track() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.tracking == nil {
		d.tracking = newTracking()
	}
}

// ForgetChanges stops change tracking.
func (d *Disk) ForgetChanges() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.tracking = nil
}

// ResetChanges gives the disk a new change UUID: ids handed out before are of no use any more.
func (d *Disk) ResetChanges() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.tracking = newTracking()
}

// ChangeID returns the id of the present, "" when changes are not tracked.
func (d *Disk) ChangeID() string {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if d.tracking == nil {
		return ""
	}
	return d.tracking.changeID(d.tracking.sequence)
}

func newTracking() *tracking {
	hex := strings.ReplaceAll(uuid.NewString(), "-", "")
	pairs := make([]string, 16)
	for i := range pairs {
		pairs[i] = hex[2*i : 2*i+2]
	}
	id := strings.Join(pairs[:8], " ") + "-" + strings.Join(pairs[8:], " ")
	return &tracking{id: id, sequence: 1, written: map[int]map[int64]struct{}{}}
}

func (t *tracking) changeID(sequence int) string { return fmt.Sprintf("%s/%d", t.id, sequence) }

// note remembers a written grain.
func (t *tracking) note(grain int64) {
	if t == nil {
		return
	}
	if t.written[t.sequence] == nil {
		t.written[t.sequence] = map[int64]struct{}{}
	}
	t.written[t.sequence][grain] = struct{}{}
}

// mark ends a generation; the id asks for what is written from now on.
func (t *tracking) mark() (int, string) {
	if t == nil {
		return 0, ""
	}
	t.sequence++
	return t.sequence, t.changeID(t.sequence)
}

// since returns the grains written from a change id up to a generation.
func (t *tracking) since(changeID string, until int) (map[int64]struct{}, error) {
	id, number, found := strings.Cut(changeID, "/")
	from, err := strconv.Atoi(number)
	if t == nil || !found || err != nil || id != t.id || from > until {
		return nil, ErrUnknownChange
	}
	grains := map[int64]struct{}{}
	for sequence := from; sequence < until; sequence++ {
		for grain := range t.written[sequence] {
			grains[grain] = struct{}{}
		}
	}
	return grains, nil
}

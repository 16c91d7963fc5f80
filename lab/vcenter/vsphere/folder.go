package vsphere

import (
	"errors"
	"net/url"
	"path"
	"strings"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"

	"ironacre.test/lab/vcenter/disks"
)

// ErrLocked says that a running machine holds the file.
var ErrLocked = errors.New("the file is locked by its machine")

// ErrMissing says that there is no such file.
var ErrMissing = errors.New("there is no such file")

// diskFile is a disk by the name of its lowest file.
type diskFile struct {
	machine *machine
	disk    *disks.Disk
	objects bool // the datastore keeps objects, not files
}

// index remembers which file is which disk; the lowest file of a disk never changes its name.
func (b *builder) index(m *machine, disk *types.VirtualDisk) {
	backing := disk.Backing.(*types.VirtualDiskFlatVer2BackingInfo)
	store := b.center.registry().Get(*backing.Datastore).(*simulator.Datastore)
	kind := strings.ToLower(store.Summary.Type)
	b.center.files[backing.FileName] = diskFile{m, m.disks[disk.Key], kind == "vsan" || kind == "vvol"}
}

// Flat returns what a flat file below /folder/ holds. A machine that runs without a snapshot has its files locked.
func (c *Center) Flat(name string, query url.Values) (*disks.View, error) {
	stem, flat := strings.CutSuffix(name, "-flat.vmdk")
	file, found := c.files["["+query.Get("dsName")+"] "+stem+".vmdk"]
	if !flat || !found || file.objects || !c.inDatacenter(query) {
		return nil, ErrMissing
	}
	vm, there := c.registry().Get(file.machine.ref).(*simulator.VirtualMachine)
	if !there {
		return nil, ErrMissing
	}
	if vm.Runtime.PowerState == types.VirtualMachinePowerStatePoweredOn && file.disk.Chain() == 0 {
		return nil, ErrLocked
	}
	return file.disk.Flat(), nil
}

func (c *Center) inDatacenter(query url.Values) bool {
	return strings.Trim(query.Get("dcPath"), "/") == c.registry().Any("Datacenter").Entity().Name
}

// File returns where another file of a datastore is kept: descriptors, logs, configurations.
func (c *Center) File(name string, query url.Values) (string, error) {
	if !c.inDatacenter(query) || strings.HasSuffix(name, "-flat.vmdk") {
		return "", ErrMissing
	}
	store := path.Clean("/" + query.Get("dsName"))
	return path.Join(c.Folder, "datastores", store, path.Clean("/"+name)), nil
}

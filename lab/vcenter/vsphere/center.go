// Package vsphere is govmomi's simulator with an estate of ours in it, and with the calls that an import needs and the
// simulator does not have: exports, change tracking, snapshots that freeze what machines write.
package vsphere

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"sync"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/types"

	"ironacre.test/lab/vcenter/disks"
	"ironacre.test/lab/vcenter/estate"
	"ironacre.test/lab/vcenter/watch"
)

// Options say how the simulator is reached. Public: host and port in URLs of exports. ESXi: be a host, not a vCenter.
type Options struct {
	Username, Password string
	Public, Thumbprint string
	Folder             string
	ESXi               bool
}

// Center is a simulated vCenter or ESXi host.
type Center struct {
	Options
	Journal *watch.Journal
	Faults  *watch.Faults

	service *simulator.Service
	model   *simulator.Model

	mu       sync.Mutex
	serving  bool
	machines map[string]*machine // by the value of their reference
	sessions map[string]bool
	leases   map[string]*lease
	files    map[string]diskFile // by datastore path, as built
}

// machine is what the simulator does not know of a virtual machine.
type machine struct {
	estate.Machine
	ref       types.ManagedObjectReference
	disks     map[int32]*disks.Disk
	keys      []int32
	snapshots map[string]map[int32]*disks.Snapshot
}

// New builds the estate.
func New(options Options, e *estate.Estate) (*Center, error) {
	c := &Center{
		Options: options, Journal: watch.NewJournal(), Faults: &watch.Faults{},
		machines: map[string]*machine{}, sessions: map[string]bool{}, leases: map[string]*lease{},
		files: map[string]diskFile{},
	}
	c.model = simulator.VPX()
	if options.ESXi {
		c.model = simulator.ESX()
	}
	c.model.Datacenter, c.model.Datastore, c.model.Machine = 0, 0, 0
	if err := c.model.Create(); err != nil {
		return nil, err
	}
	c.service = c.model.Service
	c.service.Listen = &url.URL{User: url.UserPassword(options.Username, options.Password)}
	c.service.RegisterSDK(c.registry(), vim25.Path+"/vimService")
	c.registry().SessionManager().ServiceHostName = options.Public
	c.registry().Handler = c.handle
	c.registry().AddHandler(&powerWatcher{center: c})
	if err := c.build(context.Background(), e); err != nil {
		c.Close()
		return nil, err
	}
	c.serving = true
	return c, nil
}

// Close removes the simulator's temporary files.
func (c *Center) Close() { c.model.Remove() }

func (c *Center) registry() *simulator.Registry { return c.service.Context.Map }

// ServeSDK answers SOAP.
func (c *Center) ServeSDK(w http.ResponseWriter, r *http.Request) { c.service.ServeSDK(w, r) }

// ServeVersions answers which versions of the API there are.
func (c *Center) ServeVersions(w http.ResponseWriter, r *http.Request) {
	c.service.ServiceVersions(w, r)
}

// machineOf returns our part of a machine.
func (c *Center) machineOf(ref types.ManagedObjectReference) *machine {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.machines[ref.Value]
}

// find returns a machine by name.
func (c *Center) find(name string) (*machine, *simulator.VirtualMachine, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, m := range c.machines {
		vm, there := c.registry().Get(m.ref).(*simulator.VirtualMachine)
		if m.Name == name && there {
			return m, vm, nil
		}
	}
	return nil, nil, fmt.Errorf("there is no machine %q", name)
}

// folderFor makes a folder of the simulator's data.
func (c *Center) folderFor(parts ...string) (string, error) {
	path := filepath.Join(append([]string{c.Folder}, parts...)...)
	return path, os.MkdirAll(path, 0o700)
}

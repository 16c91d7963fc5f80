package vsphere

import (
	"errors"
	"fmt"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"

	"ironacre.test/lab/vcenter/disks"
)

// ErrOff says that a machine which is off writes nothing.
var ErrOff = errors.New("the machine is not running")

// State is what a test looks at: what the source is like in the end.
type State struct {
	Reference string   `json:"reference"`
	Power     string   `json:"power"`
	Snapshots int      `json:"snapshots"`
	Exported  bool     `json:"exported"`
	Layers    []int    `json:"layers"`
	Connected []bool   `json:"connected"`
	ChangeIDs []string `json:"change_ids"`
}

// States returns all machines by name.
func (c *Center) States() map[string]State {
	c.mu.Lock()
	all := map[string]*machine{}
	for _, m := range c.machines {
		all[m.Name] = m
	}
	c.mu.Unlock()
	found := map[string]State{}
	for name, m := range all {
		if vm, ok := c.registry().Get(m.ref).(*simulator.VirtualMachine); ok {
			c.registry().WithLock(c.service.Context, vm, func() { found[name] = c.state(m, vm) })
		}
	}
	return found
}

func (c *Center) state(m *machine, vm *simulator.VirtualMachine) State {
	state := State{
		Reference: m.ref.Value, Power: string(vm.Runtime.PowerState), Snapshots: len(m.snapshots), Exported: c.exported(m.ref),
	}
	for _, key := range m.keys {
		state.Layers = append(state.Layers, m.disks[key].Chain())
		state.ChangeIDs = append(state.ChangeIDs, m.disks[key].ChangeID())
	}
	for _, device := range vm.Config.Hardware.Device {
		if card, ok := device.(types.BaseVirtualEthernetCard); ok {
			connect := card.GetVirtualEthernetCard().Connectable
			state.Connected = append(state.Connected, connect.StartConnected)
		}
	}
	return state
}

// Disk returns a disk of a machine by its place.
func (c *Center) Disk(name string, number int) (*disks.Disk, error) {
	m, _, err := c.find(name)
	if err != nil {
		return nil, err
	}
	if number < 0 || number >= len(m.keys) {
		return nil, fmt.Errorf("machine %q has no disk %d", name, number)
	}
	return m.disks[m.keys[number]], nil
}

// Running returns ErrOff when a machine does not run.
func (c *Center) Running(name string) error {
	_, vm, err := c.find(name)
	if err == nil && vm.Runtime.PowerState != types.VirtualMachinePowerStatePoweredOn {
		return ErrOff
	}
	return err
}

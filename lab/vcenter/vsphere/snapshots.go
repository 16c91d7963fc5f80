package vsphere

import (
	"fmt"
	"strings"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"

	"ironacre.test/lab/vcenter/disks"
)

// CreateSnapshotTask is the older call of the same thing.
func (m *machineMethods) CreateSnapshotTask(ctx *simulator.Context, req *types.CreateSnapshot_Task) soap.HasFault {
	task := m.snapshot(ctx, "CreateSnapshot_Task", req.Quiesce, func() types.ManagedObjectReference {
		return m.VirtualMachine.CreateSnapshotTask(ctx, req).(*methods.CreateSnapshot_TaskBody).Res.Returnval
	})
	return &methods.CreateSnapshot_TaskBody{Res: &types.CreateSnapshot_TaskResponse{Returnval: task}}
}

// CreateSnapshotExTask freezes the disks.
func (m *machineMethods) CreateSnapshotExTask(ctx *simulator.Context, req *types.CreateSnapshotEx_Task) soap.HasFault {
	task := m.snapshot(ctx, "CreateSnapshotEx_Task", req.QuiesceSpec != nil, func() types.ManagedObjectReference {
		return m.VirtualMachine.CreateSnapshotExTask(ctx, req).(*methods.CreateSnapshotEx_TaskBody).Res.Returnval
	})
	return &methods.CreateSnapshotEx_TaskBody{Res: &types.CreateSnapshotEx_TaskResponse{Returnval: task}}
}

func (m *machineMethods) snapshot(
	ctx *simulator.Context, method string, quiesce bool, inner func() types.ManagedObjectReference,
) types.ManagedObjectReference {
	ours := m.center.machineOf(m.Self)
	return m.run(ctx, work{
		name: "createSnapshot", method: method, inner: inner,
		before: func() types.BaseMethodFault {
			on := m.Runtime.PowerState == types.VirtualMachinePowerStatePoweredOn
			if quiesce && on && ours.Tools != "running" {
				return &types.ApplicationQuiesceFault{}
			}
			ours.trackAsConfigured(&m.VirtualMachine.VirtualMachine)
			return nil
		},
		after: func(result types.AnyType) types.BaseMethodFault {
			ref := result.(types.ManagedObjectReference)
			m.center.freeze(ours, ctx.Map.Get(ref).(*simulator.VirtualMachineSnapshot))
			m.center.showDisks(ctx, ours, m.VirtualMachine)
			return nil
		},
	})
}

// trackAsConfigured begins or ends change tracking: the flag alone does nothing until the machine is stunned.
func (m *machine) trackAsConfigured(vm *mo.VirtualMachine) {
	for _, disk := range m.disks {
		if enabled := vm.Config.ChangeTrackingEnabled; enabled != nil && *enabled {
			disk.Track()
		} else {
			disk.ForgetChanges()
		}
	}
}

// freeze takes the snapshot of every disk, and writes the change ids into the snapshot's view of the hardware.
func (c *Center) freeze(m *machine, snapshot *simulator.VirtualMachineSnapshot) {
	c.mu.Lock()
	defer c.mu.Unlock()
	taken := map[int32]*disks.Snapshot{}
	for key, disk := range m.disks {
		taken[key] = disk.Snapshot()
	}
	m.snapshots[snapshot.Self.Value] = taken
	for _, device := range snapshot.Config.Hardware.Device {
		disk, ok := device.(*types.VirtualDisk)
		if ok && taken[disk.Key] != nil {
			disk.Backing.(*types.VirtualDiskFlatVer2BackingInfo).ChangeId = taken[disk.Key].ChangeID
		}
	}
}

// showDisks makes the machine's disks show the file that is written to, its parents and the present change id.
func (c *Center) showDisks(ctx *simulator.Context, m *machine, vm *simulator.VirtualMachine) {
	devices := make([]types.BaseVirtualDevice, len(vm.Config.Hardware.Device))
	for i, device := range vm.Config.Hardware.Device {
		devices[i] = device
		disk, ok := device.(*types.VirtualDisk)
		if !ok || m.disks[disk.Key] == nil {
			continue
		}
		shown := *disk
		shown.Backing = chain(disk.Backing.(*types.VirtualDiskFlatVer2BackingInfo), m.disks[disk.Key])
		devices[i] = &shown
	}
	ctx.Update(vm, []types.PropertyChange{{Name: "config.hardware.device", Val: devices}})
}

// chain returns the backing of a disk with as many files as it has layers.
func chain(last *types.VirtualDiskFlatVer2BackingInfo, disk *disks.Disk) *types.VirtualDiskFlatVer2BackingInfo {
	for last.Parent != nil {
		last = last.Parent
	}
	bottom := *last
	stem := strings.TrimSuffix(bottom.FileName, ".vmdk")
	bottom.ChangeId = ""
	shown := &bottom
	for number := range disk.Chain() {
		next := bottom
		next.FileName = fmt.Sprintf("%s-%06d.vmdk", stem, number+1)
		next.Parent = shown
		shown = &next
	}
	shown.ChangeId = disk.ChangeID()
	return shown
}

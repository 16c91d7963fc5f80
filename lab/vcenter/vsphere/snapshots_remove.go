package vsphere

import (
	"maps"
	"slices"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"

	"ironacre.test/lab/vcenter/disks"
)

// RemoveSnapshotTask merges what was written since into the disks.
func (s *snapshotMethods) RemoveSnapshotTask(ctx *simulator.Context, req *types.RemoveSnapshot_Task) soap.HasFault {
	vm := &machineMethods{ctx.Map.Get(s.Vm).(*simulator.VirtualMachine), s.call}
	going := []string{s.Self.Value}
	if req.RemoveChildren {
		going = append(going, descendants(vm.Snapshot.RootSnapshotList, s.Self)...)
	}
	task := vm.run(ctx, work{
		name: "removeSnapshot", method: "RemoveSnapshot_Task",
		inner: func() types.ManagedObjectReference {
			return s.VirtualMachineSnapshot.RemoveSnapshotTask(ctx, req).(*methods.RemoveSnapshot_TaskBody).Res.Returnval
		},
		after: func(types.AnyType) types.BaseMethodFault { return vm.consolidate(ctx, going) },
	})
	return &methods.RemoveSnapshot_TaskBody{Res: &types.RemoveSnapshot_TaskResponse{Returnval: task}}
}

// RemoveAllSnapshotsTask does the same with all of a machine.
func (m *machineMethods) RemoveAllSnapshotsTask(
	ctx *simulator.Context, req *types.RemoveAllSnapshots_Task,
) soap.HasFault {
	task := m.run(ctx, work{
		name: "removeAllSnapshots", method: "RemoveAllSnapshots_Task",
		inner: func() types.ManagedObjectReference {
			res := m.VirtualMachine.RemoveAllSnapshotsTask(ctx, req).(*methods.RemoveAllSnapshots_TaskBody)
			return res.Res.Returnval
		},
		after: func(types.AnyType) types.BaseMethodFault {
			going := slices.Collect(maps.Keys(m.center.machineOf(m.Self).snapshots))
			return m.consolidate(ctx, going)
		},
	})
	return &methods.RemoveAllSnapshots_TaskBody{Res: &types.RemoveAllSnapshots_TaskResponse{Returnval: task}}
}

// RevertToSnapshotTask is not simulated: the disks here do not go back.
func (s *snapshotMethods) RevertToSnapshotTask(*simulator.Context, *types.RevertToSnapshot_Task) soap.HasFault {
	return &methods.RevertToSnapshot_TaskBody{Fault_: simulator.Fault("not simulated", &types.NotSupported{})}
}

// RevertToCurrentSnapshotTask is not simulated either.
func (m *machineMethods) RevertToCurrentSnapshotTask(
	*simulator.Context, *types.RevertToCurrentSnapshot_Task,
) soap.HasFault {
	return &methods.RevertToCurrentSnapshot_TaskBody{Fault_: simulator.Fault("not simulated", &types.NotSupported{})}
}

// descendants returns the snapshots below one.
func descendants(tree []types.VirtualMachineSnapshotTree, of types.ManagedObjectReference) []string {
	var found []string
	var all func([]types.VirtualMachineSnapshotTree, bool)
	all = func(items []types.VirtualMachineSnapshotTree, below bool) {
		for _, item := range items {
			if below {
				found = append(found, item.Snapshot.Value)
			}
			all(item.ChildSnapshotList, below || item.Snapshot == of)
		}
	}
	all(tree, false)
	return found
}

func (m *machineMethods) consolidate(ctx *simulator.Context, going []string) types.BaseMethodFault {
	ours := m.center.machineOf(m.Self)
	for _, name := range going {
		if err := ours.remove(m.center, name); err != nil {
			return &types.SystemError{Reason: err.Error()}
		}
	}
	ours.trackAsConfigured(&m.VirtualMachine.VirtualMachine)
	m.center.showDisks(ctx, ours, m.VirtualMachine)
	return nil
}

// remove merges one snapshot of all disks.
func (m *machine) remove(c *Center, name string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	taken := m.snapshots[name]
	delete(m.snapshots, name)
	for key, snapshot := range taken {
		var others []*disks.Snapshot
		for _, other := range m.snapshots {
			others = append(others, other[key])
		}
		if err := snapshot.Remove(others); err != nil {
			return err
		}
	}
	return nil
}

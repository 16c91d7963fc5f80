package vsphere

import (
	"errors"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"

	"ironacre.test/lab/vcenter/disks"
)

// areasPerAnswer is how many areas one answer names at most, as ESXi's.
const areasPerAnswer = 2000

// QueryChangedDiskAreas answers `*` with what is allocated, a change id with what was written since.
func (m *machineMethods) QueryChangedDiskAreas(
	_ *simulator.Context, req *types.QueryChangedDiskAreas,
) soap.HasFault {
	info, fault := m.center.changed(m.Self, m.Runtime.PowerState, req)
	if fault != nil {
		return &methods.QueryChangedDiskAreasBody{Fault_: simulator.Fault("", fault)}
	}
	return &methods.QueryChangedDiskAreasBody{Res: &types.QueryChangedDiskAreasResponse{Returnval: *info}}
}

func (c *Center) changed(
	ref types.ManagedObjectReference, power types.VirtualMachinePowerState, req *types.QueryChangedDiskAreas,
) (*types.DiskChangeInfo, types.BaseMethodFault) {
	m := c.machineOf(ref)
	disk := m.disks[req.DeviceKey]
	if disk == nil {
		return nil, &types.InvalidArgument{InvalidProperty: "deviceKey"}
	}
	if req.StartOffset < 0 || req.StartOffset >= disk.Capacity {
		return nil, &types.InvalidArgument{InvalidProperty: "startOffset"}
	}
	locked := &types.FileFault{File: disk.Name + ".vmdk"}
	if disk.ChangeID() == "" || req.Snapshot == nil && power == types.VirtualMachinePowerStatePoweredOn {
		return nil, locked
	}
	view := disk.Now()
	if req.Snapshot != nil {
		taken := c.snapshotOf(m, *req.Snapshot, req.DeviceKey)
		if taken == nil {
			return nil, &types.ManagedObjectNotFound{Obj: *req.Snapshot}
		}
		view = taken.View()
	}
	areas, err := answer(view, req.ChangeId)
	if errors.Is(err, disks.ErrUnknownChange) {
		return nil, locked
	}
	if err != nil {
		return nil, &types.SystemError{Reason: err.Error()}
	}
	return page(c.lie(areas, req.ChangeId), req.StartOffset, disk.Capacity), nil
}

func answer(view *disks.View, changeID string) ([]disks.Area, error) {
	if changeID == "*" {
		return view.Allocated()
	}
	return view.Changed(changeID)
}

// lie leaves the first area out when that fault is to happen: change tracking that tells too little.
func (c *Center) lie(areas []disks.Area, changeID string) []disks.Area {
	if changeID == "*" || len(areas) == 0 || len(c.Faults.Take("cbt", "")) == 0 {
		return areas
	}
	return areas[1:]
}

func (c *Center) snapshotOf(m *machine, ref types.ManagedObjectReference, key int32) *disks.Snapshot {
	c.mu.Lock()
	defer c.mu.Unlock()
	return m.snapshots[ref.Value][key]
}

// page cuts the answer at the start and after as many areas as one answer holds.
func page(areas []disks.Area, start, capacity int64) *types.DiskChangeInfo {
	info := &types.DiskChangeInfo{StartOffset: start, Length: capacity - start}
	for _, area := range areas {
		end := area.Start + area.Length
		if end <= start {
			continue
		}
		from := max(area.Start, start)
		if len(info.ChangedArea) == areasPerAnswer {
			info.Length = from - start
			break
		}
		info.ChangedArea = append(info.ChangedArea, types.DiskChangeExtent{Start: from, Length: end - from})
	}
	return info
}

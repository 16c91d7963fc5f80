package vsphere

import (
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"

	"ironacre.test/lab/vcenter/disks"
)

// ExportVm opens an export of a machine that is off.
func (m *machineMethods) ExportVm(ctx *simulator.Context, _ *types.ExportVm) soap.HasFault {
	if m.Runtime.PowerState == types.VirtualMachinePowerStatePoweredOn {
		fault := &types.InvalidPowerState{
			RequestedState: types.VirtualMachinePowerStatePoweredOff, ExistingState: m.Runtime.PowerState,
		}
		return &methods.ExportVmBody{Fault_: simulator.Fault("", fault)}
	}
	if m.center.exported(m.Self) {
		return &methods.ExportVmBody{Fault_: simulator.Fault("", inProgress())}
	}
	ours := m.center.machineOf(m.Self)
	views := map[int32]*disks.View{}
	for key, disk := range ours.disks {
		views[key] = disk.Now()
	}
	made := m.open(ctx, ours, m.Config.Hardware.Device, views)
	return &methods.ExportVmBody{Res: &types.ExportVmResponse{Returnval: made}}
}

// ExportSnapshot opens an export of what a snapshot froze.
func (s *snapshotMethods) ExportSnapshot(ctx *simulator.Context, _ *types.ExportSnapshot) soap.HasFault {
	ours := s.center.machineOf(s.Vm)
	views := map[int32]*disks.View{}
	for key := range ours.disks {
		views[key] = s.center.snapshotOf(ours, s.Self, key).View()
	}
	made := s.open(ctx, ours, s.Config.Hardware.Device, views)
	return &methods.ExportSnapshotBody{Res: &types.ExportSnapshotResponse{Returnval: made}}
}

// open makes the lease; it is ready at once.
func (c call) open(
	ctx *simulator.Context, m *machine, devices object.VirtualDeviceList, views map[int32]*disks.View,
) types.ManagedObjectReference {
	l := &lease{center: c.center, token: uuid.NewString(), files: map[string]*exportFile{}, progress: time.Now()}
	l.Self.Type = "HttpNfcLease"
	l.Self.Value = fmt.Sprintf("session[%s]%s", ctx.Session.Key, l.token)
	l.State, l.InitializeProgress = types.HttpNfcLeaseStateReady, 100
	l.Mode = string(types.HttpNfcLeaseModePushOrGet)
	l.Info = &types.HttpNfcLeaseInfo{Lease: l.Self, Entity: m.ref, LeaseTimeout: leaseSeconds}
	for number, key := range m.keys {
		l.add(m, devices, fmt.Sprintf("disk-%d.vmdk", number), key, &exportFile{view: views[key]})
		l.Info.TotalDiskCapacityInKB += views[key].Size() / 1024
	}
	if m.Firmware == "efi" {
		l.add(m, devices, m.Name+".nvram", 0, &exportFile{bytes: []byte("NVRAM of a simulated machine\n")})
	}
	c.center.mu.Lock()
	c.center.leases[l.token] = l
	c.center.mu.Unlock()
	c.session.Put(l)
	return l.Self
}

func (l *lease) add(m *machine, devices object.VirtualDeviceList, name string, key int32, file *exportFile) {
	label := "nvram"
	if disk := devices.FindByKey(key); disk != nil {
		controller := devices.FindByKey(disk.GetVirtualDevice().ControllerKey)
		bus := controller.(types.BaseVirtualController).GetVirtualController().BusNumber
		label = fmt.Sprintf("%s%d:%d", devices.TypeName(controller), bus, *disk.GetVirtualDevice().UnitNumber)
	}
	file.key = fmt.Sprintf("/%s/%s", m.ref.Value, label)
	l.files[name] = file
	host := l.center.Public
	if l.center.ESXi {
		host = "*" // the client puts in what it connected to
	}
	disk := file.view != nil
	l.Info.DeviceUrl = append(l.Info.DeviceUrl, types.HttpNfcLeaseDeviceUrl{
		Key: file.key, ImportKey: fmt.Sprintf("/%s/%s", m.Name, label), TargetId: name, Disk: &disk,
		Url:           fmt.Sprintf("https://%s/nfc/%s/%s", host, l.token, name),
		SslThumbprint: l.center.Thumbprint,
	})
}

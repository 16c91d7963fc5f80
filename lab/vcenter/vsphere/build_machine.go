package vsphere

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"

	"ironacre.test/lab/vcenter/disks"
	"ironacre.test/lab/vcenter/estate"
)

func (b *builder) machines(ctx context.Context) error {
	for _, m := range b.estate.Machines {
		if err := b.machine(ctx, m); err != nil {
			return fmt.Errorf("machine %s: %w", m.Name, err)
		}
	}
	return nil
}

func (b *builder) machine(ctx context.Context, m estate.Machine) error {
	vm, err := b.create(ctx, m)
	if err != nil {
		return err
	}
	made := &machine{
		Machine: m, ref: vm.Reference(), disks: map[int32]*disks.Disk{},
		snapshots: map[string]map[int32]*disks.Snapshot{},
	}
	object := b.center.registry().Get(vm.Reference()).(*simulator.VirtualMachine)
	if err := b.open(made, object); err != nil {
		return err
	}
	b.center.mu.Lock()
	b.center.machines[made.ref.Value] = made
	b.center.mu.Unlock()
	describe(made, object)
	return b.settle(ctx, made, vm)
}

// create makes the machine by the API.
func (b *builder) create(ctx context.Context, m estate.Machine) (*object.VirtualMachine, error) {
	devices, err := b.devices(m)
	if err != nil {
		return nil, err
	}
	spec := configSpec(m)
	if spec.DeviceChange, err = devices.ConfigSpec(types.VirtualDeviceConfigSpecOperationAdd); err != nil {
		return nil, err
	}
	folder, err := b.place(ctx, m.Folder)
	if err != nil {
		return nil, err
	}
	host := b.hosts[m.Host]
	pool, err := host.ResourcePool(ctx)
	if err != nil {
		return nil, err
	}
	made, err := b.done(folder.CreateVM(ctx, spec, pool, host))
	if err != nil {
		return nil, err
	}
	return object.NewVirtualMachine(b.client, made.(types.ManagedObjectReference)), nil
}

func configSpec(m estate.Machine) types.VirtualMachineConfigSpec {
	spec := types.VirtualMachineConfigSpec{
		Name: m.Name, GuestId: m.GuestID, NumCPUs: m.CPUs, NumCoresPerSocket: &m.CoresPerSocket, MemoryMB: m.MemoryMiB,
		Firmware: m.Firmware, Annotation: m.Annotation, Uuid: m.UUID, InstanceUuid: m.InstanceUUID,
		Version: "vmx-19", ChangeTrackingEnabled: &m.ChangeTracking,
		Files:       &types.VirtualMachineFileInfo{VmPathName: "[" + m.Datastore + "]"},
		BootOptions: &types.VirtualMachineBootOptions{EfiSecureBootEnabled: &m.SecureBoot},
	}
	for _, key := range slices.Sorted(maps.Keys(m.ExtraConfig)) {
		spec.ExtraConfig = append(spec.ExtraConfig, &types.OptionValue{Key: key, Value: m.ExtraConfig[key]})
	}
	return spec
}

// open puts the images behind the disks that the simulator made, in their order.
func (b *builder) open(made *machine, vm *simulator.VirtualMachine) error {
	folder, err := b.center.folderFor("layers", vm.Self.Value)
	if err != nil {
		return err
	}
	for _, device := range vm.Config.Hardware.Device {
		disk, ok := device.(*types.VirtualDisk)
		if !ok {
			continue
		}
		said := made.Disks[len(made.keys)]
		name := diskName(made.Name, len(made.keys))
		opened, err := disks.Open(name, said.Backing, said.CapacityBytes, folder)
		if err != nil {
			return err
		}
		made.disks[disk.Key] = opened
		made.keys = append(made.keys, disk.Key)
		b.index(made, disk)
	}
	return b.placeholders(made, vm)
}

// placeholders gives the empty files of the simulator the size that datastore and storage summaries are to show.
func (b *builder) placeholders(made *machine, vm *simulator.VirtualMachine) error {
	for number, key := range made.keys {
		size := made.disks[key].Capacity
		if !made.Disks[number].Thick {
			areas, err := made.disks[key].Now().Allocated()
			if err != nil {
				return err
			}
			size = 0
			for _, area := range areas {
				size += area.Length
			}
		}
		file := b.center.pathOf(made.disks[key].Name, vm, made.Disks[number].Datastore)
		if err := os.Truncate(strings.TrimSuffix(file, ".vmdk")+"-flat.vmdk", size); err != nil {
			return err
		}
	}
	vm.RefreshStorageInfo(b.center.service.Context, nil)
	return nil
}

func diskName(machine string, number int) string {
	if number == 0 {
		return machine
	}
	return fmt.Sprintf("%s_%d", machine, number)
}

// settle brings the machine into the state the estate tells: snapshots, power, template.
func (b *builder) settle(ctx context.Context, made *machine, vm *object.VirtualMachine) error {
	var steps []func() (*object.Task, error)
	if made.Power != "off" {
		steps = append(steps, func() (*object.Task, error) { return vm.PowerOn(ctx) })
	}
	for _, name := range made.Snapshots {
		steps = append(steps, func() (*object.Task, error) { return vm.CreateSnapshot(ctx, name, "", false, false) })
	}
	if made.Power == "suspended" {
		steps = append(steps, func() (*object.Task, error) { return vm.Suspend(ctx) })
	}
	for _, step := range steps {
		if _, err := b.done(step()); err != nil {
			return err
		}
	}
	if made.Template {
		return vm.MarkAsTemplate(ctx)
	}
	return nil
}

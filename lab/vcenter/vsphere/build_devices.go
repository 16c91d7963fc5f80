package vsphere

import (
	"fmt"
	"path"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"

	"ironacre.test/lab/vcenter/estate"
)

// devices returns the virtual hardware: controllers as the disks need them, disks, network cards, and the rest.
func (b *builder) devices(m estate.Machine) (object.VirtualDeviceList, error) {
	var devices object.VirtualDeviceList
	controllers := map[string]types.BaseVirtualController{}
	for number, disk := range m.Disks {
		controller := controllers[disk.Controller]
		if controller == nil {
			made, err := newController(devices, disk.Controller)
			if err != nil {
				return nil, err
			}
			controller = made.(types.BaseVirtualController)
			controllers[disk.Controller] = controller
			devices = append(devices, made)
		}
		devices = append(devices, b.disk(devices, controller, m, number))
	}
	for _, nic := range m.NICs {
		card, err := b.card(devices, nic)
		if err != nil {
			return nil, err
		}
		devices = append(devices, card)
	}
	return b.extras(devices, m)
}

func newController(devices object.VirtualDeviceList, kind string) (types.BaseVirtualDevice, error) {
	switch kind {
	case "ahci":
		return devices.CreateSATAController()
	case "nvme":
		return devices.CreateNVMEController()
	case "ide":
		return devices.CreateIDEController()
	}
	return devices.CreateSCSIController(kind)
}

func (b *builder) disk(
	devices object.VirtualDeviceList, controller types.BaseVirtualController, m estate.Machine, number int,
) *types.VirtualDisk {
	said := m.Disks[number]
	store := b.stores[said.Datastore]
	name := fmt.Sprintf("[%s] %s", said.Datastore, path.Join(m.Name, diskName(m.Name, number)+".vmdk"))
	disk := devices.CreateDisk(controller, store, name)
	disk.CapacityInBytes, disk.CapacityInKB = said.CapacityBytes, said.CapacityBytes/1024
	backing := disk.Backing.(*types.VirtualDiskFlatVer2BackingInfo)
	backing.DiskMode, backing.Sharing, backing.Uuid = said.Mode, said.Sharing, said.UUID
	backing.ThinProvisioned = types.NewBool(!said.Thick)
	return disk
}

func (b *builder) card(devices object.VirtualDeviceList, nic estate.NIC) (types.BaseVirtualDevice, error) {
	device, err := devices.CreateEthernetCard(nic.Model, b.networks[nic.Network])
	if err != nil {
		return nil, err
	}
	card := device.(types.BaseVirtualEthernetCard).GetVirtualEthernetCard()
	card.Key = devices.NewKey()
	card.MacAddress, card.AddressType = nic.MAC, nic.MACType
	card.Connectable = &types.VirtualDeviceConnectInfo{
		StartConnected: !nic.Disconnected, Connected: !nic.Disconnected, AllowGuestControl: true,
	}
	return device, nil
}

// extras adds a CD-ROM drive and a TPM where the estate has them.
func (b *builder) extras(devices object.VirtualDeviceList, m estate.Machine) (object.VirtualDeviceList, error) {
	if m.CDROM {
		controller, err := devices.CreateIDEController()
		if err != nil {
			return nil, err
		}
		drive, err := devices.CreateCdrom(controller.(types.BaseVirtualController))
		if err != nil {
			return nil, err
		}
		devices = append(devices, controller, drive)
	}
	if m.TPM {
		devices = append(devices, &types.VirtualTPM{VirtualDevice: types.VirtualDevice{Key: devices.NewKey()}})
	}
	return devices, nil
}

// pathOf returns where the simulator keeps a file of a machine.
func (c *Center) pathOf(name string, vm *simulator.VirtualMachine, store string) string {
	var file object.DatastorePath
	file.FromString(vm.Config.Files.VmPathName)
	return path.Join(c.Folder, "datastores", store, path.Dir(file.Path), name+".vmdk")
}

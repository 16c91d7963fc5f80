package vsphere

import (
	"context"
	"fmt"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// ports makes the port groups: on the first host's standard switch, or on the one distributed switch.
func (b *builder) ports(ctx context.Context) error {
	first := b.hosts[b.estate.Hosts[0].Name]
	system, err := first.ConfigManager().NetworkSystem(ctx)
	if err != nil {
		return err
	}
	for _, network := range b.estate.Networks {
		if network.Distributed && !b.center.ESXi {
			if err := b.distributed(ctx, network.Name); err != nil {
				return fmt.Errorf("network %s: %w", network.Name, err)
			}
			continue
		}
		b.networks[network.Name] = &types.VirtualEthernetCardNetworkBackingInfo{
			VirtualDeviceDeviceBackingInfo: types.VirtualDeviceDeviceBackingInfo{DeviceName: network.Name},
		}
		if network.Name == "VM Network" {
			continue // every host comes with it
		}
		group := types.HostPortGroupSpec{Name: network.Name, VswitchName: "vSwitch0"}
		if err := system.AddPortGroup(ctx, group); err != nil {
			return fmt.Errorf("network %s: %w", network.Name, err)
		}
	}
	return nil
}

func (b *builder) distributed(ctx context.Context, name string) error {
	dvs, err := b.distributedSwitch(ctx)
	if err != nil {
		return err
	}
	group := types.DVPortgroupConfigSpec{Name: name, Type: "earlyBinding", NumPorts: 8}
	if _, err = b.done(dvs.AddPortgroup(ctx, []types.DVPortgroupConfigSpec{group})); err != nil {
		return err
	}
	folder := b.center.registry().Get(b.folders.NetworkFolder.Reference()).(*simulator.Folder)
	made := b.center.registry().FindByName(name, folder.ChildEntity)
	b.networks[name], err = object.NewDistributedVirtualPortgroup(b.client, made.Reference()).EthernetCardBackingInfo(ctx)
	return err
}

// distributedSwitch returns the switch that all hosts are in, made when it is first wanted.
func (b *builder) distributedSwitch(ctx context.Context) (*object.DistributedVirtualSwitch, error) {
	if b.dvs != nil {
		return b.dvs, nil
	}
	spec := types.DVSCreateSpec{ConfigSpec: &types.VMwareDVSConfigSpec{}}
	spec.ConfigSpec.GetDVSConfigSpec().Name = "dvs1"
	made, err := b.done(b.folders.NetworkFolder.CreateDVS(ctx, spec))
	if err != nil {
		return nil, err
	}
	b.dvs = object.NewDistributedVirtualSwitch(b.client, made.(types.ManagedObjectReference))
	config := &types.DVSConfigSpec{}
	for _, host := range b.hosts {
		config.Host = append(config.Host, types.DistributedVirtualSwitchHostMemberConfigSpec{
			Operation: string(types.ConfigSpecOperationAdd), Host: host.Reference(),
		})
	}
	_, err = b.done(b.dvs.Reconfigure(ctx, config))
	return b.dvs, err
}

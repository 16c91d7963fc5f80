package vsphere

import (
	"net/netip"
	"slices"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// describe fills in what the simulator leaves empty. An empty word in an enumeration is more than untidy: pyVmomi
// cannot read the object around it.
func describe(m *machine, vm *simulator.VirtualMachine) {
	state := types.VirtualMachineFaultToleranceStateNotConfigured
	vm.Runtime.FaultToleranceState, vm.Summary.Runtime.FaultToleranceState = state, state
	replay := types.VirtualMachineRecordReplayStateInactive
	vm.Runtime.RecordReplayState, vm.Summary.Runtime.RecordReplayState = replay, replay
	vm.Config.GuestFullName, vm.Summary.Config.GuestFullName = m.GuestName, m.GuestName
	vm.Summary.Config.Annotation = m.Annotation
	vm.Summary.Runtime.Host = vm.Runtime.Host
	showGuest(m, &vm.VirtualMachine)
}

// powerWatcher follows power changes, however they came about: a guest tells nothing when its machine is off, and
// change tracking begins or ends at the next power-on.
type powerWatcher struct {
	center *Center
}

func (*powerWatcher) Reference() types.ManagedObjectReference {
	return types.ManagedObjectReference{Type: "PowerWatcher", Value: "power-watcher"}
}
func (*powerWatcher) PutObject(*simulator.Context, mo.Reference)                    {}
func (*powerWatcher) RemoveObject(*simulator.Context, types.ManagedObjectReference) {}

func (w *powerWatcher) UpdateObject(ctx *simulator.Context, object mo.Reference, changes []types.PropertyChange) {
	power := func(change types.PropertyChange) bool { return change.Name == "runtime.powerState" }
	vm, ok := object.(*mo.VirtualMachine)
	if !ok || !slices.ContainsFunc(changes, power) {
		return
	}
	m := w.center.machineOf(vm.Self)
	if m == nil {
		return
	}
	showGuest(m, vm)
	if vm.Runtime.PowerState == types.VirtualMachinePowerStatePoweredOn {
		m.trackAsConfigured(vm)
	}
}

// showGuest sets what the guest's tools tell.
func showGuest(m *machine, vm *mo.VirtualMachine) {
	running := vm.Runtime.PowerState == types.VirtualMachinePowerStatePoweredOn && m.Tools == "running"
	guest, summary := vm.Guest, vm.Summary.Guest
	guest.ToolsRunningStatus = string(types.VirtualMachineToolsRunningStatusGuestToolsNotRunning)
	guest.ToolsStatus = types.VirtualMachineToolsStatusToolsNotRunning
	guest.ToolsVersionStatus = string(types.VirtualMachineToolsVersionStatusGuestToolsUnmanaged)
	guest.ToolsVersionStatus2 = guest.ToolsVersionStatus
	guest.GuestState, guest.GuestId, guest.GuestFullName = "notRunning", m.GuestID, m.GuestName
	guest.HostName, guest.IpAddress, guest.Net, guest.IpStack = "", "", nil, nil
	if m.Tools == "not_installed" {
		guest.ToolsStatus = types.VirtualMachineToolsStatusToolsNotInstalled
		guest.ToolsVersionStatus = string(types.VirtualMachineToolsVersionStatusGuestToolsNotInstalled)
	}
	if running {
		guest.ToolsRunningStatus = string(types.VirtualMachineToolsRunningStatusGuestToolsRunning)
		guest.ToolsStatus, guest.GuestState = types.VirtualMachineToolsStatusToolsOk, "running"
		guest.HostName = m.Hostname
		showNetwork(m, vm)
	}
	summary.ToolsRunningStatus, summary.ToolsStatus = guest.ToolsRunningStatus, guest.ToolsStatus
	summary.HostName, summary.IpAddress = guest.HostName, guest.IpAddress
}

func showNetwork(m *machine, vm *mo.VirtualMachine) {
	number := 0
	for _, device := range vm.Config.Hardware.Device {
		base, ok := device.(types.BaseVirtualEthernetCard)
		if !ok || number >= len(m.NICs) {
			continue
		}
		said, card := m.NICs[number], base.GetVirtualEthernetCard()
		number++
		info := types.GuestNicInfo{
			Network: said.Network, MacAddress: card.MacAddress, Connected: !said.Disconnected, DeviceConfigId: card.Key,
		}
		info.IpConfig = &types.NetIpConfigInfo{IpAddress: addresses(said.Addresses)}
		for _, address := range info.IpConfig.IpAddress {
			info.IpAddress = append(info.IpAddress, address.IpAddress)
		}
		if len(info.IpAddress) > 0 && vm.Guest.IpAddress == "" {
			vm.Guest.IpAddress = info.IpAddress[0]
		}
		vm.Guest.Net = append(vm.Guest.Net, info)
		if said.Gateway != "" || len(said.DNS) > 0 {
			vm.Guest.IpStack = append(vm.Guest.IpStack, stack(m.Hostname, said.Gateway, said.DNS))
		}
	}
}

func addresses(said []string) []types.NetIpConfigInfoIpAddress {
	var found []types.NetIpConfigInfoIpAddress
	for _, text := range said {
		if prefix, err := netip.ParsePrefix(text); err == nil {
			found = append(found, types.NetIpConfigInfoIpAddress{
				IpAddress: prefix.Addr().String(), PrefixLength: int32(prefix.Bits()), Origin: "manual", State: "preferred",
			})
		}
	}
	return found
}

func stack(hostname, gateway string, servers []string) types.GuestStackInfo {
	found := types.GuestStackInfo{DnsConfig: &types.NetDnsConfigInfo{HostName: hostname, IpAddress: servers}}
	if gateway != "" {
		route := types.NetIpRouteConfigInfoIpRoute{
			Network: "0.0.0.0", Gateway: types.NetIpRouteConfigInfoGateway{IpAddress: gateway, Device: "0"},
		}
		found.IpRouteConfig = &types.NetIpRouteConfigInfo{IpRoute: []types.NetIpRouteConfigInfoIpRoute{route}}
	}
	return found
}

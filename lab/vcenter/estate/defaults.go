package estate

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
)

// or sets an empty value.
func or[T comparable](value *T, fallback T) {
	var empty T
	if *value == empty {
		*value = fallback
	}
}

func (e *Estate) fill() {
	or(&e.Datacenter, "DC0")
	if len(e.Hosts) == 0 {
		e.Hosts = []Host{{Name: "esx1", Cluster: "cluster1"}}
	}
	if len(e.Datastores) == 0 {
		e.Datastores = []Datastore{{Name: "datastore1"}}
	}
	if len(e.Networks) == 0 {
		e.Networks = []Network{{Name: "VM Network"}}
	}
	for i := range e.Datastores {
		or(&e.Datastores[i].Kind, "VMFS")
		or(&e.Datastores[i].CapacityGiB, 1024)
	}
	for i := range e.Machines {
		e.fillMachine(&e.Machines[i], i)
	}
}

func (e *Estate) fillMachine(m *Machine, number int) {
	or(&m.Host, e.Hosts[number%len(e.Hosts)].Name)
	or(&m.Datastore, e.Datastores[0].Name)
	or(&m.GuestID, "otherLinux64Guest")
	or(&m.GuestName, "Other Linux (64-bit)")
	or(&m.Hostname, m.Name)
	or(&m.CPUs, 1)
	or(&m.CoresPerSocket, 1)
	or(&m.MemoryMiB, 512)
	or(&m.Firmware, "bios")
	or(&m.Power, "off")
	or(&m.Tools, "running")
	or(&m.Shutdown, "ok")
	for i := range m.Disks {
		or(&m.Disks[i].Controller, "pvscsi")
		or(&m.Disks[i].Datastore, m.Datastore)
		or(&m.Disks[i].Mode, "persistent")
	}
	for i := range m.NICs {
		or(&m.NICs[i].Model, "vmxnet3")
		or(&m.NICs[i].Network, e.Networks[0].Name)
		or(&m.NICs[i].MACType, "assigned")
	}
}

func names[T any](items []T, name func(T) string) []string {
	found := make([]string, len(items))
	for i, item := range items {
		found[i] = name(item)
	}
	return found
}

// check names every reference to something that is not there.
func (e *Estate) check() error {
	hosts := names(e.Hosts, func(h Host) string { return h.Name })
	stores := names(e.Datastores, func(d Datastore) string { return d.Name })
	networks := names(e.Networks, func(n Network) string { return n.Name })
	var findings []error
	need := func(place string, value string, known []string) {
		if !slices.Contains(known, value) {
			findings = append(findings, fmt.Errorf("%s: %q is not one of %q", place, value, known))
		}
	}
	for i, m := range e.Machines {
		place := fmt.Sprintf("machines[%d]", i)
		need(place+".host", m.Host, hosts)
		need(place+".datastore", m.Datastore, stores)
		need(place+".power", m.Power, []string{"on", "off", "suspended"})
		need(place+".tools", m.Tools, []string{"running", "not_running", "not_installed"})
		need(place+".shutdown", m.Shutdown, []string{"ok", "ignored"})
		need(place+".firmware", m.Firmware, []string{"bios", "efi"})
		for n, nic := range m.NICs {
			need(fmt.Sprintf("%s.nics[%d].network", place, n), nic.Network, networks)
			for _, address := range nic.Addresses {
				if _, err := netip.ParsePrefix(address); err != nil {
					findings = append(findings, fmt.Errorf("%s.nics[%d].addresses: %w", place, n, err))
				}
			}
		}
		for d, disk := range m.Disks {
			need(fmt.Sprintf("%s.disks[%d].datastore", place, d), disk.Datastore, stores)
		}
	}
	return errors.Join(findings...)
}

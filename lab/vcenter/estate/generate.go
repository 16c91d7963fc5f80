package estate

import (
	"fmt"
	"math/rand/v2"
)

const gib = 1 << 30

var systems = []struct{ id, name string }{
	{"rhel9_64Guest", "Red Hat Enterprise Linux 9 (64-bit)"}, {"ubuntu64Guest", "Ubuntu Linux (64-bit)"},
	{"debian12_64Guest", "Debian GNU/Linux 12 (64-bit)"}, {"windows2019srv_64Guest", "Microsoft Windows Server 2019"},
	{"windows9_64Guest", "Microsoft Windows 10 (64-bit)"}, {"sles15_64Guest", "SUSE Linux Enterprise 15 (64-bit)"},
}

// Generate returns an estate of so many machines, the same for the same seed: 16 hosts in 2 clusters, 8 datastores,
// 12 networks, 1 to 3 disks of zeros and 1 or 2 network cards a machine.
func Generate(machines int, seed uint64) *Estate {
	random := rand.New(rand.NewPCG(seed, 700))
	e := &Estate{Datacenter: "DC0"}
	for i := range 16 {
		e.Hosts = append(e.Hosts, Host{fmt.Sprintf("esx%02d.example.net", i+1), fmt.Sprintf("cluster%d", 1+i/8)})
	}
	for i := range 8 {
		e.Datastores = append(e.Datastores, Datastore{Name: fmt.Sprintf("san%02d", i+1), CapacityGiB: 64 << 10})
	}
	for i := range 12 {
		e.Networks = append(e.Networks, Network{Name: fmt.Sprintf("VLAN %d", 100+i), Distributed: i%2 == 1})
	}
	for i := range machines {
		e.Machines = append(e.Machines, e.random(random, i))
	}
	return e
}

func (e *Estate) random(random *rand.Rand, number int) Machine {
	system := systems[random.IntN(len(systems))]
	m := Machine{
		Name: fmt.Sprintf("app%03d", number+1), Folder: fmt.Sprintf("team%02d", number%20), GuestID: system.id,
		GuestName: system.name, Host: e.Hosts[random.IntN(len(e.Hosts))].Name,
		Datastore: e.Datastores[random.IntN(len(e.Datastores))].Name, CPUs: 1 << random.IntN(4), CoresPerSocket: 1,
		MemoryMiB: 2048 << random.IntN(4), Firmware: "bios", Power: "on", ChangeTracking: random.IntN(2) == 0,
	}
	m.CoresPerSocket = min(m.CPUs, 1<<random.IntN(3))
	if random.IntN(3) == 0 {
		m.Firmware, m.SecureBoot = "efi", random.IntN(2) == 0
	}
	if random.IntN(10) == 0 {
		m.Power = "off"
	}
	for range 1 + random.IntN(3) {
		m.Disks = append(m.Disks, Disk{CapacityBytes: int64(20+random.IntN(480)) * gib})
	}
	for range 1 + random.IntN(2) {
		m.NICs = append(m.NICs, e.card(random, number, len(m.NICs)))
	}
	return m
}

func (e *Estate) card(random *rand.Rand, number, place int) NIC {
	return NIC{
		MAC:       fmt.Sprintf("00:50:56:%02x:%02x:%02x", 0x80+place, number>>8, number&0xff),
		Network:   e.Networks[random.IntN(len(e.Networks))].Name,
		Addresses: []string{fmt.Sprintf("10.%d.%d.%d/16", 20+place, number>>8, number&0xff)},
	}
}

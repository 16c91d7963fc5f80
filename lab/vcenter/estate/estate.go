// Package estate is what the simulator serves: hosts, datastores, networks and machines, read from a JSON file.
package estate

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
)

// Estate is the whole file. Everything but the machines has a default.
type Estate struct {
	Datacenter string      `json:"datacenter"`
	Hosts      []Host      `json:"hosts"`
	Datastores []Datastore `json:"datastores"`
	Networks   []Network   `json:"networks"`
	Machines   []Machine   `json:"machines"`
}

// Host is an ESXi host; without a cluster it stands alone.
type Host struct {
	Name    string `json:"name"`
	Cluster string `json:"cluster,omitempty"`
}

// Datastore is shared by all hosts. Kind: VMFS, NFS, vsan, ...; of vsan no file can be read.
type Datastore struct {
	Name        string `json:"name"`
	Kind        string `json:"kind,omitempty"`
	CapacityGiB int64  `json:"capacity_gib,omitempty"`
}

// Network is a port group of a standard switch, or of a distributed one.
type Network struct {
	Name        string `json:"name"`
	Distributed bool   `json:"distributed,omitempty"`
}

// Machine is a virtual machine. Power: on, off, suspended. Tools: running, not_running, not_installed.
// Shutdown: ok, or ignored by the guest. Folder: path below the datacenter's folder of machines.
type Machine struct {
	Name           string            `json:"name"`
	Folder         string            `json:"folder,omitempty"`
	Host           string            `json:"host,omitempty"`
	Datastore      string            `json:"datastore,omitempty"`
	GuestID        string            `json:"guest_id,omitempty"`
	GuestName      string            `json:"guest_name,omitempty"`
	Hostname       string            `json:"hostname,omitempty"`
	CPUs           int32             `json:"cpus,omitempty"`
	CoresPerSocket int32             `json:"cores_per_socket,omitempty"`
	MemoryMiB      int64             `json:"memory_mib,omitempty"`
	Firmware       string            `json:"firmware,omitempty"`
	SecureBoot     bool              `json:"secure_boot,omitempty"`
	TPM            bool              `json:"tpm,omitempty"`
	CDROM          bool              `json:"cdrom,omitempty"`
	Power          string            `json:"power,omitempty"`
	Template       bool              `json:"template,omitempty"`
	Tools          string            `json:"tools,omitempty"`
	Shutdown       string            `json:"shutdown,omitempty"`
	Annotation     string            `json:"annotation,omitempty"`
	UUID           string            `json:"uuid,omitempty"`
	InstanceUUID   string            `json:"instance_uuid,omitempty"`
	ChangeTracking bool              `json:"change_tracking,omitempty"`
	ExtraConfig    map[string]string `json:"extra_config,omitempty"`
	Snapshots      []string          `json:"snapshots,omitempty"`
	Disks          []Disk            `json:"disks,omitempty"`
	NICs           []NIC             `json:"nics,omitempty"`
}

// Disk has a raw image, or is all zeros. Controller: pvscsi, lsilogic, lsilogic-sas, buslogic, ahci, nvme, ide.
// Capacity: a multiple of 512, the image's size when it is not given.
type Disk struct {
	Backing       string `json:"backing,omitempty"`
	CapacityBytes int64  `json:"capacity_bytes,omitempty"`
	Controller    string `json:"controller,omitempty"`
	Datastore     string `json:"datastore,omitempty"`
	Mode          string `json:"mode,omitempty"`
	Sharing       string `json:"sharing,omitempty"`
	Thick         bool   `json:"thick,omitempty"`
	UUID          string `json:"uuid,omitempty"`
}

// NIC is a network card. Model: vmxnet3, e1000, e1000e, pcnet32. MACType: manual, generated, assigned (by vCenter).
// Addresses are what the guest's tools tell, with prefix.
type NIC struct {
	Model        string   `json:"model,omitempty"`
	MAC          string   `json:"mac,omitempty"`
	MACType      string   `json:"mac_type,omitempty"`
	Network      string   `json:"network,omitempty"`
	Disconnected bool     `json:"disconnected,omitempty"`
	Addresses    []string `json:"addresses,omitempty"`
	Gateway      string   `json:"gateway,omitempty"`
	DNS          []string `json:"dns,omitempty"`
}

// Load reads a file; what it does not say gets its default, what contradicts itself is an error.
func Load(path string) (*Estate, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	decoder := json.NewDecoder(file)
	decoder.DisallowUnknownFields()
	found := &Estate{}
	if err := decoder.Decode(found); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	found.fill()
	return found, errors.Join(found.check(), found.sizes())
}

// sizes takes the capacity of disks from their images.
func (e *Estate) sizes() error {
	var findings []error
	for m := range e.Machines {
		for d := range e.Machines[m].Disks {
			disk := &e.Machines[m].Disks[d]
			if err := disk.size(); err != nil {
				findings = append(findings, fmt.Errorf("machines[%d].disks[%d]: %w", m, d, err))
			}
		}
	}
	return errors.Join(findings...)
}

func (d *Disk) size() error {
	if d.Backing != "" {
		info, err := os.Stat(d.Backing)
		if err != nil {
			return err
		}
		if d.CapacityBytes == 0 {
			d.CapacityBytes = info.Size()
		}
	}
	if d.CapacityBytes <= 0 || d.CapacityBytes%512 != 0 {
		return fmt.Errorf("a capacity of %d bytes is not a positive multiple of 512", d.CapacityBytes)
	}
	return nil
}

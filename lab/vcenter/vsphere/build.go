package vsphere

import (
	"context"
	"fmt"
	"path"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/simulator/esx"
	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/types"

	"ironacre.test/lab/vcenter/estate"
)

// builder makes the estate by the API's own calls, in process.
type builder struct {
	center   *Center
	client   *vim25.Client
	estate   *estate.Estate
	folders  *object.DatacenterFolders
	hosts    map[string]*object.HostSystem
	clusters map[string]*object.ClusterComputeResource
	stores   map[string]types.ManagedObjectReference
	networks map[string]types.BaseVirtualDeviceBackingInfo
	places   map[string]*object.Folder
	dvs      *object.DistributedVirtualSwitch
}

func (c *Center) build(ctx context.Context, e *estate.Estate) error {
	client, err := vim25.NewClient(ctx, c.service)
	if err != nil {
		return err
	}
	b := &builder{
		center: c, client: client, estate: e,
		hosts: map[string]*object.HostSystem{}, clusters: map[string]*object.ClusterComputeResource{},
		stores:   map[string]types.ManagedObjectReference{},
		networks: map[string]types.BaseVirtualDeviceBackingInfo{}, places: map[string]*object.Folder{},
	}
	for _, step := range []func(context.Context) error{b.datacenter, b.datastores, b.ports, b.machines} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) datacenter(ctx context.Context) error {
	center := object.NewDatacenter(b.client, esx.Datacenter.Reference())
	if !b.center.ESXi {
		made, err := object.NewRootFolder(b.client).CreateDatacenter(ctx, b.estate.Datacenter)
		if err != nil {
			return err
		}
		center = made
	}
	folders, err := center.Folders(ctx)
	if err != nil {
		return err
	}
	b.folders = folders
	for _, host := range b.estate.Hosts {
		if err := b.host(ctx, host); err != nil {
			return fmt.Errorf("host %s: %w", host.Name, err)
		}
	}
	return nil
}

// host adds a host; an ESXi host is its only one, whatever its name.
func (b *builder) host(ctx context.Context, host estate.Host) error {
	if b.center.ESXi {
		b.hosts[host.Name] = object.NewHostSystem(b.client, esx.HostSystem.Reference())
		return nil
	}
	spec := types.HostConnectSpec{HostName: host.Name}
	made, err := b.done(b.connect(ctx, host, spec))
	if err != nil {
		return err
	}
	b.hosts[host.Name] = object.NewHostSystem(b.client, made.(types.ManagedObjectReference))
	return nil
}

func (b *builder) connect(ctx context.Context, host estate.Host, spec types.HostConnectSpec) (*object.Task, error) {
	if host.Cluster == "" {
		return b.folders.HostFolder.AddStandaloneHost(ctx, spec, true, nil, nil)
	}
	if b.clusters[host.Cluster] == nil {
		made, err := b.folders.HostFolder.CreateCluster(ctx, host.Cluster, types.ClusterConfigSpecEx{})
		if err != nil {
			return nil, err
		}
		b.clusters[host.Cluster] = made
	}
	return b.clusters[host.Cluster].AddHost(ctx, spec, true, nil, nil)
}

func (b *builder) datastores(ctx context.Context) error {
	for _, store := range b.estate.Datastores {
		folder, err := b.center.folderFor("datastores", store.Name)
		if err != nil {
			return err
		}
		for _, host := range b.hosts {
			system, err := host.ConfigManager().DatastoreSystem(ctx)
			if err != nil {
				return err
			}
			if _, err = system.CreateLocalDatastore(ctx, store.Name, folder); err != nil {
				return fmt.Errorf("datastore %s: %w", store.Name, err)
			}
			if b.center.ESXi {
				break
			}
		}
	}
	for _, entity := range b.center.registry().All("Datastore") {
		b.describeStore(entity.(*simulator.Datastore))
	}
	return nil
}

func (b *builder) describeStore(ds *simulator.Datastore) {
	for _, store := range b.estate.Datastores {
		if store.Name == ds.Name {
			b.stores[store.Name] = ds.Self
			ds.Summary.Type = store.Kind
			ds.Summary.Capacity = store.CapacityGiB << 30
			ds.Summary.FreeSpace = ds.Summary.Capacity
			ds.Info.GetDatastoreInfo().FreeSpace = ds.Summary.FreeSpace
		}
	}
}

// place returns a folder of machines, made on the way.
func (b *builder) place(ctx context.Context, name string) (*object.Folder, error) {
	if name == "" || name == "." || b.center.ESXi {
		return b.folders.VmFolder, nil
	}
	if b.places[name] != nil {
		return b.places[name], nil
	}
	parent, err := b.place(ctx, path.Dir(name))
	if err != nil {
		return nil, err
	}
	made, err := parent.CreateFolder(ctx, path.Base(name))
	b.places[name] = made
	return made, err
}

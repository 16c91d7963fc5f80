package control

import (
	"context"
	"fmt"
	"slices"

	longhorn "github.com/longhorn/longhorn-manager/k8s/pkg/apis/longhorn/v1beta2"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
)

func quantity(bytes int64) resource.Quantity { return *resource.NewQuantity(bytes, resource.BinarySI) }

// Place chooses the nodes for a volume's replicas, one on each: the schedulable ones that carry the fewest replicas.
func Place(nodes []longhorn.Node, load map[string]int, wanted int) []longhorn.Node {
	free := slices.DeleteFunc(slices.Clone(nodes), func(node longhorn.Node) bool {
		return !Ready(&node) || !isTrue(node.Status.Conditions, longhorn.NodeConditionTypeSchedulable) || len(node.Spec.Disks) == 0
	})
	slices.SortFunc(free, func(a, b longhorn.Node) int {
		if load[a.Name] != load[b.Name] {
			return load[a.Name] - load[b.Name]
		}
		if a.Name < b.Name {
			return -1
		}
		return 1
	})
	return free[:min(wanted, len(free))]
}

// replicas makes the replica objects of a volume. They stand for where copies would be; the folder is one and shared.
func (b base) replicas(ctx context.Context, volume *longhorn.Volume) error {
	nodes, existing := &longhorn.NodeList{}, &longhorn.ReplicaList{}
	if err := b.List(ctx, nodes, client.InNamespace(b.Namespace)); err != nil {
		return err
	}
	if err := b.List(ctx, existing, client.InNamespace(b.Namespace)); err != nil {
		return err
	}
	load, carried, missing := map[string]int{}, map[string]bool{}, volume.Spec.NumberOfReplicas
	for _, replica := range existing.Items {
		load[replica.Spec.NodeID]++
		if replica.Spec.VolumeName == volume.Name {
			carried[replica.Spec.NodeID] = true
			missing--
		}
	}
	candidates := slices.DeleteFunc(nodes.Items, func(node longhorn.Node) bool { return carried[node.Name] })
	for _, node := range Place(candidates, load, max(missing, 0)) {
		if err := b.replica(ctx, volume, &node); err != nil {
			return err
		}
	}
	return nil
}

func (b base) replica(ctx context.Context, volume *longhorn.Volume, node *longhorn.Node) error {
	name := fmt.Sprintf("%s-r-%s", volume.Name, short(volume.Name+node.Name))
	replica := &longhorn.Replica{ObjectMeta: metav1.ObjectMeta{Namespace: b.Namespace, Name: name}}
	replica.Labels = map[string]string{"longhornvolume": volume.Name, "longhornnode": node.Name}
	replica.Spec.VolumeName, replica.Spec.VolumeSize = volume.Name, volume.Spec.Size
	replica.Spec.NodeID, replica.Spec.Image = node.Name, b.EngineImage
	replica.Spec.DataEngine, replica.Spec.DesireState = longhorn.DataEngineTypeV1, longhorn.InstanceStateStopped
	replica.Spec.DiskPath, replica.Spec.DataDirectoryName = b.DiskPath, name
	replica.Spec.Active, replica.Spec.HealthyAt = true, now()
	for disk := range node.Status.DiskStatus {
		replica.Spec.DiskID = node.Status.DiskStatus[disk].DiskUUID
	}
	if err := controllerutil.SetControllerReference(volume, replica, b.scheme); err != nil {
		return err
	}
	if err := b.Create(ctx, replica); err != nil && !apierrors.IsAlreadyExists(err) {
		return err
	}
	return nil
}

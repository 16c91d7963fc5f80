package control

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	longhorn "github.com/longhorn/longhorn-manager/k8s/pkg/apis/longhorn/v1beta2"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/util/workqueue"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	library "sigs.k8s.io/sig-storage-lib-external-provisioner/v13/controller"

	"ironacre.test/lab/longhorn/node"
)

const (
	defaultReplicas = 3
	kindClaim       = "PersistentVolumeClaim"
	kindSnapshot    = "VolumeSnapshot"
)

// provisioner makes and removes volumes for claims; the library around it knows the rules of binding and reclaiming.
type provisioner struct{ base }

func setupProvisioner(mgr ctrl.Manager, shared base) error {
	clientset, err := kubernetes.NewForConfig(mgr.GetConfig())
	if err != nil {
		return err
	}
	return mgr.Add(manager.RunnableFunc(func(ctx context.Context) error {
		library.NewProvisionController(
			ctx, clientset, node.Driver, &provisioner{shared}, library.LeaderElection(false), library.RateLimiter(patience()),
		).Run(ctx)
		return nil
	}))
}

// patience between two tries: a claim waits for its snapshot, a volume for its last pod, and both take seconds.
func patience() workqueue.TypedRateLimiter[string] {
	return workqueue.NewTypedItemExponentialFailureRateLimiter[string](time.Second, time.Minute)
}

// SupportsBlock is asked before a claim with volumeMode Block; the refusal becomes an event on the claim.
func (p *provisioner) SupportsBlock(context.Context) bool { return false }

// ShouldProvision leaves claims alone that a populator (CDI's upload for example) fills: it hands over a volume of its own.
func (p *provisioner) ShouldProvision(_ context.Context, claim *corev1.PersistentVolumeClaim) bool {
	source := claim.Spec.DataSourceRef
	return source == nil || source.Kind == kindClaim || source.Kind == kindSnapshot
}

// Provision makes the folder, the Longhorn volume with its replicas, and the PersistentVolume.
func (p *provisioner) Provision(
	ctx context.Context, options library.ProvisionOptions,
) (*corev1.PersistentVolume, library.ProvisioningState, error) {
	size := options.PVC.Spec.Resources.Requests[corev1.ResourceStorage]
	if err := p.roomFor(size.Value()); err != nil {
		return nil, library.ProvisioningFinished, err
	}
	if err := p.fill(ctx, options); err != nil {
		return nil, library.ProvisioningFinished, err
	}
	if err := p.register(ctx, options, size.Value()); err != nil {
		return nil, library.ProvisioningInBackground, err
	}
	return p.persistent(options, size.Value()), library.ProvisioningFinished, nil
}

func (p *provisioner) roomFor(size int64) error {
	total, _, err := p.Store.Space()
	if err == nil && size > total {
		err = fmt.Errorf("%s: %d bytes asked, the shared folder has %d", longhorn.ErrorReplicaScheduleInsufficientStorage, size, total)
	}
	return err
}

// fill makes the volume's folder: empty, or a copy of the claim's data source.
func (p *provisioner) fill(ctx context.Context, options library.ProvisionOptions) error {
	source := options.PVC.Spec.DataSource
	if source == nil {
		return p.Store.Create(options.PVName)
	}
	switch source.Kind {
	case kindClaim:
		origin := &corev1.PersistentVolumeClaim{}
		key := client.ObjectKey{Namespace: options.PVC.Namespace, Name: source.Name}
		if err := p.Get(ctx, key, origin); err != nil {
			return err
		}
		if origin.Spec.VolumeName == "" {
			return fmt.Errorf("claim %s: not bound yet, cannot be cloned", source.Name)
		}
		return p.Store.Clone(origin.Spec.VolumeName, options.PVName)
	case kindSnapshot:
		handle, err := p.snapshotHandle(ctx, options.PVC.Namespace, source.Name)
		if err != nil {
			return err
		}
		return p.Store.Restore(handle, options.PVName)
	}
	return fmt.Errorf("data source of kind %s: not offered by the Longhorn stand-in", source.Kind)
}

// register makes the Longhorn volume and as many replicas as its class asks for and nodes are ready to carry.
func (p *provisioner) register(ctx context.Context, options library.ProvisionOptions, size int64) error {
	parameters := options.StorageClass.Parameters
	replicas, err := strconv.Atoi(parameters["numberOfReplicas"])
	if err != nil || replicas < 1 {
		replicas = defaultReplicas
	}
	volume := &longhorn.Volume{ObjectMeta: metav1.ObjectMeta{Namespace: p.Namespace, Name: options.PVName}}
	volume.Spec = longhorn.VolumeSpec{
		Size: size, NumberOfReplicas: replicas, Migratable: parameters["migratable"] == "true",
		AccessMode: accessMode(options.PVC.Spec.AccessModes), DataEngine: longhorn.DataEngineTypeV1,
		Frontend: longhorn.VolumeFrontendBlockDev, Image: p.EngineImage, DataLocality: longhorn.DataLocalityDisabled,
		BackupCompressionMethod: longhorn.BackupCompressionMethodLz4, BackupBlockSize: 2 << 20,
		SnapshotDataIntegrity: longhorn.SnapshotDataIntegrityIgnored, BackupTargetName: "default",
		OfflineRebuilding:           longhorn.VolumeOfflineRebuildingIgnored,
		FreezeFilesystemForSnapshot: longhorn.FreezeFilesystemForSnapshotDefault,
		UnmapMarkSnapChainRemoved:   longhorn.UnmapMarkSnapChainRemovedIgnored,
		ReplicaAutoBalance:          longhorn.ReplicaAutoBalanceIgnored,
		ReplicaSoftAntiAffinity:     longhorn.ReplicaSoftAntiAffinityDefault,
		ReplicaZoneSoftAntiAffinity: longhorn.ReplicaZoneSoftAntiAffinityDefault,
		ReplicaDiskSoftAntiAffinity: longhorn.ReplicaDiskSoftAntiAffinityDefault,
		RestoreVolumeRecurringJob:   longhorn.RestoreVolumeRecurringJobDefault,
		DiskSelector:                []string{}, NodeSelector: []string{},
	}
	if err := p.Create(ctx, volume); err != nil && !apierrors.IsAlreadyExists(err) {
		return err
	}
	return p.replicas(ctx, volume)
}

func accessMode(modes []corev1.PersistentVolumeAccessMode) longhorn.AccessMode {
	for _, mode := range modes {
		switch mode {
		case corev1.ReadWriteMany:
			return longhorn.AccessModeReadWriteMany
		case corev1.ReadWriteOncePod:
			return longhorn.AccessModeReadWriteOncePod
		}
	}
	return longhorn.AccessModeReadWriteOnce
}

func (p *provisioner) persistent(options library.ProvisionOptions, size int64) *corev1.PersistentVolume {
	attributes := map[string]string{"storage.kubernetes.io/csiProvisionerIdentity": node.Driver}
	for key, value := range options.StorageClass.Parameters {
		attributes[key] = value
	}
	volume := &corev1.PersistentVolume{ObjectMeta: metav1.ObjectMeta{Name: options.PVName}}
	volume.Spec = corev1.PersistentVolumeSpec{
		PersistentVolumeReclaimPolicy: *options.StorageClass.ReclaimPolicy,
		AccessModes:                   options.PVC.Spec.AccessModes,
		MountOptions:                  options.StorageClass.MountOptions,
		VolumeMode:                    options.PVC.Spec.VolumeMode,
		Capacity:                      corev1.ResourceList{corev1.ResourceStorage: quantity(size)},
		PersistentVolumeSource: corev1.PersistentVolumeSource{CSI: &corev1.CSIPersistentVolumeSource{
			Driver: node.Driver, VolumeHandle: options.PVName, VolumeAttributes: attributes,
			FSType: options.StorageClass.Parameters["fsType"],
		}},
		NodeAffinity: p.storageNodes(),
	}
	return volume
}

// storageNodes keeps pods away from nodes that do not have the shared folder; upstream reaches every node by iSCSI.
func (p *provisioner) storageNodes() *corev1.VolumeNodeAffinity {
	if p.NodeLabel == "" {
		return nil
	}
	has := corev1.NodeSelectorRequirement{Key: p.NodeLabel, Operator: corev1.NodeSelectorOpIn, Values: []string{"true"}}
	terms := []corev1.NodeSelectorTerm{{MatchExpressions: []corev1.NodeSelectorRequirement{has}}}
	return &corev1.VolumeNodeAffinity{Required: &corev1.NodeSelector{NodeSelectorTerms: terms}}
}

// Delete removes the Longhorn volume and the folder of a released PersistentVolume.
func (p *provisioner) Delete(ctx context.Context, persistent *corev1.PersistentVolume) error {
	if persistent.Spec.CSI == nil || persistent.Spec.CSI.Driver != node.Driver {
		return &library.IgnoredError{Reason: "not a volume of " + node.Driver}
	}
	name := persistent.Spec.CSI.VolumeHandle
	attached, err := attachments(ctx, p.Client, persistent.Name)
	if err != nil {
		return err
	}
	if len(attached) > 0 {
		return errors.New("the volume is still attached to " + attached[0].Spec.NodeName)
	}
	volume := &longhorn.Volume{ObjectMeta: metav1.ObjectMeta{Namespace: p.Namespace, Name: name}}
	if err := p.Client.Delete(ctx, volume); client.IgnoreNotFound(err) != nil {
		return err
	}
	return p.Store.Delete(name)
}

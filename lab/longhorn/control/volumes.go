package control

import (
	"context"
	"slices"

	longhorn "github.com/longhorn/longhorn-manager/k8s/pkg/apis/longhorn/v1beta2"
	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/handler"

	"ironacre.test/lab/longhorn/node"
)

// volumeReconciler writes what a Longhorn volume is doing: where it is attached and how many of its replicas are well.
type volumeReconciler struct{ base }

func setupVolumes(manager ctrl.Manager, shared base) error {
	r := &volumeReconciler{shared}
	return ctrl.NewControllerManagedBy(manager).Named("volume").
		For(&longhorn.Volume{}).
		Watches(&longhorn.Node{}, handler.EnqueueRequestsFromMapFunc(r.everyVolume)).
		Watches(&corev1.PersistentVolume{}, handler.EnqueueRequestsFromMapFunc(r.ofPersistent)).
		Watches(&storagev1.VolumeAttachment{}, handler.EnqueueRequestsFromMapFunc(r.ofAttachment)).
		Complete(r)
}

func (r *volumeReconciler) request(name string) []ctrl.Request {
	return []ctrl.Request{{NamespacedName: client.ObjectKey{Namespace: r.Namespace, Name: name}}}
}

func (r *volumeReconciler) everyVolume(ctx context.Context, _ client.Object) []ctrl.Request {
	found, requests := &longhorn.VolumeList{}, []ctrl.Request(nil)
	if err := r.List(ctx, found, client.InNamespace(r.Namespace)); err != nil {
		ctrl.LoggerFrom(ctx).Error(err, "volumes cannot be listed")
	}
	for _, volume := range found.Items {
		requests = append(requests, r.request(volume.Name)...)
	}
	return requests
}

func (r *volumeReconciler) ofPersistent(_ context.Context, object client.Object) []ctrl.Request {
	source := object.(*corev1.PersistentVolume).Spec.CSI
	if source == nil || source.Driver != node.Driver {
		return nil
	}
	return r.request(source.VolumeHandle)
}

func (r *volumeReconciler) ofAttachment(_ context.Context, object client.Object) []ctrl.Request {
	attachment := object.(*storagev1.VolumeAttachment)
	if attachment.Spec.Attacher != node.Driver || attachment.Spec.Source.PersistentVolumeName == nil {
		return nil
	}
	return r.request(*attachment.Spec.Source.PersistentVolumeName)
}

// Reconcile describes one volume. The PersistentVolume has the Longhorn volume's name, as upstream's provisioner names it.
func (r *volumeReconciler) Reconcile(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
	volume := &longhorn.Volume{}
	if err := r.Get(ctx, request.NamespacedName, volume); err != nil || volume.DeletionTimestamp != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	// What is not found below was removed with the volume, which this look at it was too early to see.
	return ctrl.Result{}, client.IgnoreNotFound(r.follow(ctx, volume))
}

func (r *volumeReconciler) follow(ctx context.Context, volume *longhorn.Volume) error {
	if err := r.replicas(ctx, volume); err != nil {
		return err
	}
	attached, err := attachments(ctx, r.Client, volume.Name)
	if err != nil {
		return err
	}
	well, total, err := r.replicaHealth(ctx, volume, len(attached) > 0)
	if err != nil {
		return err
	}
	before := volume.DeepCopy()
	Describe(&volume.Status, attached, well, volume.Spec.NumberOfReplicas)
	scheduled := total >= volume.Spec.NumberOfReplicas
	reason := reasonUnless(scheduled, longhorn.VolumeConditionReasonReplicaSchedulingFailure)
	volume.Status.Conditions = setCondition(
		volume.Status.Conditions, longhorn.VolumeConditionTypeScheduled, scheduled, reason, "")
	volume.Status.OwnerID, volume.Status.CurrentImage = r.Node, volume.Spec.Image
	if volume.Status.KubernetesStatus, err = r.claim(ctx, volume.Name); err != nil {
		return err
	}
	return r.Status().Patch(ctx, volume, client.MergeFrom(before))
}

// Describe sets state and robustness. A volume that migrates is attached twice; the first node is the one it leaves.
//
// well: replicas on nodes that are ready; wanted: how many the volume should have.
func Describe(status *longhorn.VolumeStatus, attached []storagev1.VolumeAttachment, well, wanted int) {
	status.CurrentNodeID, status.CurrentMigrationNodeID = "", ""
	status.State, status.Robustness = longhorn.VolumeStateDetached, longhorn.VolumeRobustnessUnknown
	if len(attached) == 0 {
		return
	}
	status.State, status.CurrentNodeID = longhorn.VolumeStateAttached, attached[0].Spec.NodeName
	if len(attached) > 1 {
		status.CurrentMigrationNodeID = attached[1].Spec.NodeName
	}
	switch {
	case well >= wanted:
		status.Robustness = longhorn.VolumeRobustnessHealthy
	case well > 0:
		status.Robustness = longhorn.VolumeRobustnessDegraded
	default:
		status.Robustness = longhorn.VolumeRobustnessFaulted
	}
}

// replicaHealth writes each replica's state and counts those on ready nodes, and all of them.
func (r *volumeReconciler) replicaHealth(ctx context.Context, volume *longhorn.Volume, attached bool) (well, total int, err error) {
	replicas, nodes := &longhorn.ReplicaList{}, &longhorn.NodeList{}
	if err := r.List(ctx, replicas, client.MatchingLabels{"longhornvolume": volume.Name}); err != nil {
		return 0, 0, err
	}
	if err := r.List(ctx, nodes, client.InNamespace(r.Namespace)); err != nil {
		return 0, 0, err
	}
	for i := range replicas.Items {
		replica := &replicas.Items[i]
		ready := slices.ContainsFunc(nodes.Items, func(node longhorn.Node) bool {
			return node.Name == replica.Spec.NodeID && Ready(&node)
		})
		state := longhorn.InstanceStateStopped
		if attached && ready {
			state = longhorn.InstanceStateRunning
		}
		if ready {
			well++
		}
		if err := r.replicaState(ctx, replica, state); err != nil {
			return 0, 0, err
		}
	}
	return well, len(replicas.Items), nil
}

func (r *volumeReconciler) replicaState(ctx context.Context, replica *longhorn.Replica, state longhorn.InstanceState) error {
	before := replica.DeepCopy()
	replica.Status.OwnerID, replica.Status.CurrentState = replica.Spec.NodeID, state
	replica.Status.InstanceManagerName = r.instanceManagerOf(replica.Spec.NodeID)
	return r.Status().Patch(ctx, replica, client.MergeFrom(before))
}

// claim tells whose volume this is, in the API's terms.
func (r *volumeReconciler) claim(ctx context.Context, name string) (longhorn.KubernetesStatus, error) {
	persistent := &corev1.PersistentVolume{}
	if err := r.Get(ctx, client.ObjectKey{Name: name}, persistent); err != nil {
		return longhorn.KubernetesStatus{}, client.IgnoreNotFound(err)
	}
	status := longhorn.KubernetesStatus{PVName: name, PVStatus: string(persistent.Status.Phase)}
	if claim := persistent.Spec.ClaimRef; claim != nil {
		status.Namespace, status.PVCName = claim.Namespace, claim.Name
	}
	return status, nil
}

// attachments returns where a PersistentVolume is attached, the oldest first.
func attachments(ctx context.Context, api client.Client, persistent string) ([]storagev1.VolumeAttachment, error) {
	found := &storagev1.VolumeAttachmentList{}
	if err := api.List(ctx, found); err != nil {
		return nil, err
	}
	mine := slices.DeleteFunc(found.Items, func(attachment storagev1.VolumeAttachment) bool {
		name := attachment.Spec.Source.PersistentVolumeName
		return attachment.Spec.Attacher != node.Driver || name == nil || *name != persistent || !attachment.Status.Attached
	})
	slices.SortFunc(mine, func(a, b storagev1.VolumeAttachment) int {
		return a.CreationTimestamp.Compare(b.CreationTimestamp.Time)
	})
	return mine, nil
}

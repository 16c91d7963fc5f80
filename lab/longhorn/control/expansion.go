package control

import (
	"context"

	longhorn "github.com/longhorn/longhorn-manager/k8s/pkg/apis/longhorn/v1beta2"
	corev1 "k8s.io/api/core/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"ironacre.test/lab/longhorn/node"
)

// expansionReconciler gives a claim the size it asks for. A folder has no size, so the numbers are all there is to change.
type expansionReconciler struct{ base }

func setupExpansion(manager ctrl.Manager, shared base) error {
	return ctrl.NewControllerManagedBy(manager).Named("expansion").
		For(&corev1.PersistentVolumeClaim{}).
		Complete(&expansionReconciler{shared})
}

// Reconcile grows the volume, then the PersistentVolume, then says so in the claim.
func (r *expansionReconciler) Reconcile(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
	claim, persistent := &corev1.PersistentVolumeClaim{}, &corev1.PersistentVolume{}
	if err := r.Get(ctx, request.NamespacedName, claim); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	asked, has := claim.Spec.Resources.Requests[corev1.ResourceStorage], claim.Status.Capacity[corev1.ResourceStorage]
	if claim.Status.Phase != corev1.ClaimBound || asked.Cmp(has) <= 0 {
		return ctrl.Result{}, nil
	}
	if err := r.Get(ctx, client.ObjectKey{Name: claim.Spec.VolumeName}, persistent); err != nil {
		return ctrl.Result{}, err
	}
	if persistent.Spec.CSI == nil || persistent.Spec.CSI.Driver != node.Driver {
		return ctrl.Result{}, nil
	}
	if err := r.grow(ctx, persistent, asked.Value()); err != nil {
		return ctrl.Result{}, err
	}
	before := claim.DeepCopy()
	claim.Status.Capacity[corev1.ResourceStorage] = asked
	claim.Status.Conditions = nil
	return ctrl.Result{}, r.Status().Patch(ctx, claim, client.MergeFrom(before))
}

func (r *expansionReconciler) grow(ctx context.Context, persistent *corev1.PersistentVolume, size int64) error {
	volume := &longhorn.Volume{}
	key := client.ObjectKey{Namespace: r.Namespace, Name: persistent.Spec.CSI.VolumeHandle}
	if err := r.Get(ctx, key, volume); err != nil {
		return err
	}
	before := volume.DeepCopy()
	volume.Spec.Size = size
	if err := r.Patch(ctx, volume, client.MergeFrom(before)); err != nil {
		return err
	}
	old := persistent.DeepCopy()
	persistent.Spec.Capacity[corev1.ResourceStorage] = quantity(size)
	return r.Patch(ctx, persistent, client.MergeFrom(old))
}

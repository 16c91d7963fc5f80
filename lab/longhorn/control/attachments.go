package control

import (
	"context"
	"fmt"

	longhorn "github.com/longhorn/longhorn-manager/k8s/pkg/apis/longhorn/v1beta2"
	storagev1 "k8s.io/api/storage/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"ironacre.test/lab/longhorn/node"
)

// attachmentReconciler answers the API's wish to attach a volume to a node: every ready storage node has it already.
type attachmentReconciler struct{ base }

func setupAttachments(manager ctrl.Manager, shared base) error {
	return ctrl.NewControllerManagedBy(manager).Named("attachment").
		For(&storagev1.VolumeAttachment{}).
		Complete(&attachmentReconciler{shared})
}

// Reconcile says attached, or why not. One that is being deleted needs nothing: no finalizer was put on it.
func (r *attachmentReconciler) Reconcile(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
	attachment := &storagev1.VolumeAttachment{}
	if err := r.Get(ctx, request.NamespacedName, attachment); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	if attachment.Spec.Attacher != node.Driver || attachment.Status.Attached || attachment.DeletionTimestamp != nil {
		return ctrl.Result{}, nil
	}
	problem := r.problem(ctx, attachment)
	before := attachment.DeepCopy()
	attachment.Status.Attached = problem == nil
	attachment.Status.AttachError = nil
	if problem != nil {
		attachment.Status.AttachError = &storagev1.VolumeError{Time: metav1.Now(), Message: problem.Error()}
	}
	if err := r.Status().Patch(ctx, attachment, client.MergeFrom(before)); err != nil {
		return ctrl.Result{}, err
	}
	return ctrl.Result{}, problem
}

func (r *attachmentReconciler) problem(ctx context.Context, attachment *storagev1.VolumeAttachment) error {
	if attachment.Spec.Source.PersistentVolumeName == nil {
		return fmt.Errorf("inline volumes are not offered by the Longhorn stand-in")
	}
	volume := &longhorn.Volume{}
	name := *attachment.Spec.Source.PersistentVolumeName
	if err := r.Get(ctx, client.ObjectKey{Namespace: r.Namespace, Name: name}, volume); err != nil {
		return fmt.Errorf("volume %s: %w", name, err)
	}
	target := &longhorn.Node{}
	if err := r.Get(ctx, client.ObjectKey{Namespace: r.Namespace, Name: attachment.Spec.NodeName}, target); err != nil {
		return fmt.Errorf("node %s: %w", attachment.Spec.NodeName, err)
	}
	if !Ready(target) {
		return fmt.Errorf("node %s: not ready", attachment.Spec.NodeName)
	}
	return nil
}

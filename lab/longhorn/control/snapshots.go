package control

import (
	"context"
	"errors"
	"fmt"
	"time"

	snapshot "github.com/kubernetes-csi/external-snapshotter/client/v8/apis/volumesnapshot/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"

	"ironacre.test/lab/longhorn/node"
)

const (
	snapshotFinalizer = "snapshot.storage.kubernetes.io/volumesnapshot-bound-protection"
	defaultClass      = "snapshot.storage.kubernetes.io/is-default-class"
)

// snapshotReconciler does the work of the snapshot controller and of the CSI snapshotter for classes of this driver.
type snapshotReconciler struct{ base }

func setupSnapshots(manager ctrl.Manager, shared base) error {
	return ctrl.NewControllerManagedBy(manager).Named("snapshot").
		For(&snapshot.VolumeSnapshot{}).
		Complete(&snapshotReconciler{shared})
}

// Reconcile takes, or removes, one snapshot.
func (r *snapshotReconciler) Reconcile(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
	object := &snapshot.VolumeSnapshot{}
	if err := r.Get(ctx, request.NamespacedName, object); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	if object.DeletionTimestamp != nil {
		return ctrl.Result{}, r.remove(ctx, object)
	}
	if object.Status != nil && object.Status.ReadyToUse != nil && *object.Status.ReadyToUse {
		return ctrl.Result{}, nil
	}
	class, err := r.class(ctx, object)
	if err != nil || class == nil {
		return ctrl.Result{}, err
	}
	return ctrl.Result{}, r.report(ctx, object, r.take(ctx, object, class))
}

// class returns the snapshot's class, or nil when it is another driver's business.
func (r *snapshotReconciler) class(ctx context.Context, object *snapshot.VolumeSnapshot) (*snapshot.VolumeSnapshotClass, error) {
	if name := object.Spec.VolumeSnapshotClassName; name != nil {
		class := &snapshot.VolumeSnapshotClass{}
		err := r.Get(ctx, client.ObjectKey{Name: *name}, class)
		if err != nil || class.Driver != node.Driver {
			return nil, client.IgnoreNotFound(err)
		}
		return class, nil
	}
	classes := &snapshot.VolumeSnapshotClassList{}
	if err := r.List(ctx, classes); err != nil {
		return nil, err
	}
	for i, class := range classes.Items {
		if class.Driver == node.Driver && class.Annotations[defaultClass] == "true" {
			return &classes.Items[i], nil
		}
	}
	return nil, nil
}

func (r *snapshotReconciler) take(
	ctx context.Context, object *snapshot.VolumeSnapshot, class *snapshot.VolumeSnapshotClass,
) error {
	// Upstream's default type is a backup to the remote target; only local snapshots can be imitated by copies.
	if kind := class.Parameters["type"]; kind != "snap" {
		return fmt.Errorf("class %s has type %q: the Longhorn stand-in takes snapshots of type snap only", class.Name, kind)
	}
	if object.Spec.Source.PersistentVolumeClaimName == nil {
		return errors.New("pre-provisioned snapshots are not offered by the Longhorn stand-in")
	}
	claim := &corev1.PersistentVolumeClaim{}
	key := client.ObjectKey{Namespace: object.Namespace, Name: *object.Spec.Source.PersistentVolumeClaimName}
	if err := r.Get(ctx, key, claim); err != nil {
		return err
	}
	if claim.Spec.VolumeName == "" {
		return fmt.Errorf("claim %s: not bound yet", claim.Name)
	}
	// The class is written down, because another one may be the default tomorrow.
	unnamed := object.Spec.VolumeSnapshotClassName == nil
	object.Spec.VolumeSnapshotClassName = &class.Name
	if controllerutil.AddFinalizer(object, snapshotFinalizer) || unnamed {
		if err := r.Update(ctx, object); err != nil {
			return err
		}
	}
	handle := "snapshot-" + string(object.UID)
	if err := r.Store.Snapshot(claim.Spec.VolumeName, handle); err != nil {
		return err
	}
	return r.bind(ctx, object, class, claim, handle)
}

// bind makes the content object and points the snapshot to it.
func (r *snapshotReconciler) bind(
	ctx context.Context, object *snapshot.VolumeSnapshot, class *snapshot.VolumeSnapshotClass,
	claim *corev1.PersistentVolumeClaim, handle string,
) error {
	size := claim.Status.Capacity[corev1.ResourceStorage]
	ready, taken, bytes := true, time.Now(), size.Value()
	content := &snapshot.VolumeSnapshotContent{ObjectMeta: metav1.ObjectMeta{Name: "snapcontent-" + string(object.UID)}}
	content.Spec = snapshot.VolumeSnapshotContentSpec{
		Driver: node.Driver, DeletionPolicy: class.DeletionPolicy, VolumeSnapshotClassName: &class.Name,
		Source: snapshot.VolumeSnapshotContentSource{VolumeHandle: &claim.Spec.VolumeName},
		VolumeSnapshotRef: corev1.ObjectReference{
			APIVersion: snapshot.SchemeGroupVersion.String(), Kind: kindSnapshot,
			Namespace: object.Namespace, Name: object.Name, UID: object.UID,
		},
	}
	if err := r.Create(ctx, content); err != nil && !apierrors.IsAlreadyExists(err) {
		return err
	}
	if err := r.Get(ctx, client.ObjectKeyFromObject(content), content); err != nil {
		return err
	}
	nanoseconds := taken.UnixNano()
	before := content.DeepCopy()
	content.Status = &snapshot.VolumeSnapshotContentStatus{
		SnapshotHandle: &handle, CreationTime: &nanoseconds, RestoreSize: &bytes, ReadyToUse: &ready,
	}
	if err := r.Status().Patch(ctx, content, client.MergeFrom(before)); err != nil {
		return err
	}
	created := metav1.NewTime(taken)
	old := object.DeepCopy()
	object.Status = &snapshot.VolumeSnapshotStatus{
		BoundVolumeSnapshotContentName: &content.Name, CreationTime: &created, ReadyToUse: &ready, RestoreSize: &size,
	}
	return r.Status().Patch(ctx, object, client.MergeFrom(old))
}

// report writes what went wrong into the snapshot, where its owner looks.
func (r *snapshotReconciler) report(ctx context.Context, object *snapshot.VolumeSnapshot, problem error) error {
	if problem == nil || apierrors.IsConflict(problem) {
		return problem
	}
	message, when := problem.Error(), metav1.Now()
	before := object.DeepCopy()
	if object.Status == nil {
		object.Status = &snapshot.VolumeSnapshotStatus{}
	}
	object.Status.Error = &snapshot.VolumeSnapshotError{Message: &message, Time: &when}
	if err := r.Status().Patch(ctx, object, client.MergeFrom(before)); err != nil {
		return err
	}
	return problem
}

// remove takes the copy and its content away if the class said so.
func (r *snapshotReconciler) remove(ctx context.Context, object *snapshot.VolumeSnapshot) error {
	if !controllerutil.ContainsFinalizer(object, snapshotFinalizer) {
		return nil
	}
	content := &snapshot.VolumeSnapshotContent{}
	err := r.Get(ctx, client.ObjectKey{Name: "snapcontent-" + string(object.UID)}, content)
	if client.IgnoreNotFound(err) != nil {
		return err
	}
	if err == nil && content.Spec.DeletionPolicy == snapshot.VolumeSnapshotContentDelete {
		if err := r.Store.DeleteSnapshot("snapshot-" + string(object.UID)); err != nil {
			return err
		}
		if err := r.Delete(ctx, content); client.IgnoreNotFound(err) != nil {
			return err
		}
	}
	controllerutil.RemoveFinalizer(object, snapshotFinalizer)
	return r.Update(ctx, object)
}

// snapshotHandle returns the name under which the store keeps a snapshot that is ready.
func (b base) snapshotHandle(ctx context.Context, namespace, name string) (string, error) {
	object, content := &snapshot.VolumeSnapshot{}, &snapshot.VolumeSnapshotContent{}
	if err := b.Get(ctx, client.ObjectKey{Namespace: namespace, Name: name}, object); err != nil {
		return "", err
	}
	if object.Status == nil || object.Status.BoundVolumeSnapshotContentName == nil {
		return "", fmt.Errorf("snapshot %s: not ready yet", name)
	}
	if err := b.Get(ctx, client.ObjectKey{Name: *object.Status.BoundVolumeSnapshotContentName}, content); err != nil {
		return "", err
	}
	if content.Status == nil || content.Status.SnapshotHandle == nil {
		return "", fmt.Errorf("snapshot %s: its content has no handle", name)
	}
	return *content.Status.SnapshotHandle, nil
}

package control

import (
	"context"
	"time"

	longhorn "github.com/longhorn/longhorn-manager/k8s/pkg/apis/longhorn/v1beta2"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/predicate"
)

const (
	diskPeriod      = 30 * time.Second
	onlyLabelled    = "create-default-disk-labeled-nodes"
	diskLabel       = "node.longhorn.io/create-default-disk"
	reservedSetting = "storage-reserved-percentage-for-default-disk"
)

// nodeReconciler keeps the Longhorn node of the node it runs on; every manager pod has one.
type nodeReconciler struct{ base }

func setupNode(manager ctrl.Manager, shared base) error {
	everyPod := false
	mine := predicate.NewPredicateFuncs(func(object client.Object) bool { return object.GetName() == shared.Node })
	return ctrl.NewControllerManagedBy(manager).Named("node").
		For(&corev1.Node{}, builder.WithPredicates(mine)).
		Watches(&longhorn.Node{}, &handler.EnqueueRequestForObject{}, builder.WithPredicates(mine)).
		WithOptions(controller.Options{NeedLeaderElection: &everyPod}).
		Complete(&nodeReconciler{shared})
}

// Reconcile makes the Longhorn node, gives it its disk and writes what the node looks like now.
func (r *nodeReconciler) Reconcile(ctx context.Context, _ ctrl.Request) (ctrl.Result, error) {
	machine := &corev1.Node{}
	if err := r.Get(ctx, client.ObjectKey{Name: r.Node}, machine); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	node, err := r.ensure(ctx, machine)
	if err != nil {
		return ctrl.Result{}, err
	}
	before := node.DeepCopy()
	r.describe(node, machine)
	if err := r.Status().Patch(ctx, node, client.MergeFrom(before)); err != nil {
		return ctrl.Result{}, err
	}
	return ctrl.Result{RequeueAfter: diskPeriod}, nil
}

func (r *nodeReconciler) ensure(ctx context.Context, machine *corev1.Node) (*longhorn.Node, error) {
	node := &longhorn.Node{}
	err := r.Get(ctx, client.ObjectKey{Namespace: r.Namespace, Name: r.Node}, node)
	if err == nil || !apierrors.IsNotFound(err) {
		return node, err
	}
	node = &longhorn.Node{ObjectMeta: metav1.ObjectMeta{Namespace: r.Namespace, Name: r.Node}}
	node.Spec = longhorn.NodeSpec{Name: r.Node, AllowScheduling: true, Tags: []string{}, Disks: map[string]longhorn.DiskSpec{}}
	wanted, err := r.wantsDisk(ctx, machine)
	if err != nil {
		return nil, err
	}
	if wanted {
		node.Spec.Disks["default-disk-"+short(r.Node)] = longhorn.DiskSpec{
			Type: longhorn.DiskTypeFilesystem, Path: r.DiskPath, AllowScheduling: true, Tags: []string{},
		}
	}
	return node, r.Create(ctx, node)
}

// wantsDisk follows the setting that gives disks to labelled nodes only.
func (r *nodeReconciler) wantsDisk(ctx context.Context, machine *corev1.Node) (bool, error) {
	setting := &longhorn.Setting{}
	err := r.Get(ctx, client.ObjectKey{Namespace: r.Namespace, Name: onlyLabelled}, setting)
	if client.IgnoreNotFound(err) != nil {
		return false, err
	}
	return setting.Value != "true" || machine.Labels[diskLabel] == "true", nil
}

// describe writes conditions and disks into the status.
func (r *nodeReconciler) describe(node *longhorn.Node, machine *corev1.Node) {
	set := func(kind string, ok bool, reason, message string) {
		node.Status.Conditions = setCondition(node.Status.Conditions, kind, ok, reason, message)
	}
	ready := machineReady(machine)
	set(longhorn.NodeConditionTypeReady, ready, reasonUnless(ready, longhorn.NodeConditionReasonKubernetesNodeNotReady), "")
	schedulable := node.Spec.AllowScheduling && !machine.Spec.Unschedulable
	reason := reasonUnless(schedulable, longhorn.NodeConditionReasonKubernetesNodeCordoned)
	set(longhorn.NodeConditionTypeSchedulable, schedulable, reason, "")
	set(longhorn.NodeConditionTypeMountPropagation, true, "", "")
	node.Status.Zone = machine.Labels[corev1.LabelTopologyZone]
	node.Status.Region = machine.Labels[corev1.LabelTopologyRegion]
	disks := map[string]*longhorn.DiskStatus{}
	for name, spec := range node.Spec.Disks {
		disks[name] = r.disk(name, spec, node.Status.DiskStatus[name])
	}
	node.Status.DiskStatus = disks
}

func (r *nodeReconciler) disk(name string, spec longhorn.DiskSpec, before *longhorn.DiskStatus) *longhorn.DiskStatus {
	status := &longhorn.DiskStatus{}
	if before != nil {
		status = before.DeepCopy()
	}
	size, free, err := r.Store.Space()
	message := ""
	if err != nil {
		message = err.Error()
	}
	// Steps of a gigabyte, so that a busy disk does not write to the API every time it is looked at.
	const step = 1 << 30
	status.StorageMaximum, status.StorageAvailable = size, free/step*step
	status.DiskName, status.DiskPath, status.Type, status.FSType = name, spec.Path, spec.Type, "ext2/ext3"
	status.DiskUUID = short(r.Node+name) + "-0000-4000-8000-" + short(r.Node) + "0000"
	status.InstanceManagerName = r.instanceManagerOf(r.Node)
	if status.ScheduledReplica == nil {
		status.ScheduledReplica = map[string]int64{}
	}
	reason := reasonUnless(err == nil, longhorn.DiskConditionReasonNoDiskInfo)
	status.Conditions = setCondition(status.Conditions, longhorn.DiskConditionTypeReady, err == nil, reason, message)
	usable := err == nil && spec.AllowScheduling && free > size/10
	reason = reasonUnless(usable, longhorn.DiskConditionReasonDiskPressure)
	status.Conditions = setCondition(status.Conditions, longhorn.DiskConditionTypeSchedulable, usable, reason, message)
	return status
}

func reasonUnless(ok bool, reason string) string {
	if ok {
		return ""
	}
	return reason
}

func machineReady(machine *corev1.Node) bool {
	for _, condition := range machine.Status.Conditions {
		if condition.Type == corev1.NodeReady {
			return condition.Status == corev1.ConditionTrue
		}
	}
	return false
}

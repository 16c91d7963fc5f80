package control

import (
	"context"

	longhorn "github.com/longhorn/longhorn-manager/k8s/pkg/apis/longhorn/v1beta2"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	"sigs.k8s.io/controller-runtime/pkg/handler"
)

// clusterReconciler keeps what belongs to a Longhorn node but is not written by it: its instance manager, its place in
// the engine image, and its readiness when its own manager cannot speak any more.
type clusterReconciler struct{ base }

func setupCluster(manager ctrl.Manager, shared base) error {
	return ctrl.NewControllerManagedBy(manager).Named("cluster").
		For(&longhorn.Node{}).
		Watches(&corev1.Node{}, handler.EnqueueRequestsFromMapFunc(shared.sameName)).
		Complete(&clusterReconciler{shared})
}

func (b base) sameName(_ context.Context, object client.Object) []ctrl.Request {
	return []ctrl.Request{{NamespacedName: client.ObjectKey{Namespace: b.Namespace, Name: object.GetName()}}}
}

// Reconcile follows one node.
func (r *clusterReconciler) Reconcile(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
	node := &longhorn.Node{}
	if err := r.Get(ctx, request.NamespacedName, node); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	machine := &corev1.Node{}
	err := r.Get(ctx, client.ObjectKey{Name: node.Name}, machine)
	if client.IgnoreNotFound(err) != nil {
		return ctrl.Result{}, err
	}
	up := err == nil && machineReady(machine)
	reason := longhorn.NodeConditionReasonKubernetesNodeNotReady
	if apierrors.IsNotFound(err) {
		reason = longhorn.NodeConditionReasonKubernetesNodeGone
	}
	if !up {
		if err := r.down(ctx, node, reason); err != nil {
			return ctrl.Result{}, err
		}
	}
	if err := r.instanceManager(ctx, node, up); err != nil {
		return ctrl.Result{}, err
	}
	return ctrl.Result{}, r.engineImage(ctx)
}

func (r *clusterReconciler) down(ctx context.Context, node *longhorn.Node, reason string) error {
	before := node.DeepCopy()
	node.Status.Conditions = setCondition(node.Status.Conditions, longhorn.NodeConditionTypeReady, false, reason, "")
	return r.Status().Patch(ctx, node, client.MergeFrom(before))
}

func (r *clusterReconciler) instanceManager(ctx context.Context, node *longhorn.Node, up bool) error {
	object := &longhorn.InstanceManager{}
	object.Namespace, object.Name = r.Namespace, r.instanceManagerOf(node.Name)
	_, err := controllerutil.CreateOrUpdate(ctx, r.Client, object, func() error {
		object.Labels = map[string]string{"longhorn.io/node": node.Name, "longhorn.io/component": "instance-manager"}
		object.Spec.NodeID, object.Spec.Image = node.Name, r.InstanceImage
		object.Spec.Type, object.Spec.DataEngine = longhorn.InstanceManagerTypeAllInOne, longhorn.DataEngineTypeV1
		return controllerutil.SetOwnerReference(node, object, r.scheme)
	})
	if err != nil {
		return err
	}
	before := object.DeepCopy()
	object.Status.OwnerID, object.Status.CurrentState = node.Name, longhorn.InstanceManagerStateRunning
	if !up {
		object.Status.CurrentState = longhorn.InstanceManagerStateUnknown
	}
	return r.Status().Patch(ctx, object, client.MergeFrom(before))
}

// engineImage is deployed where a node is ready, and as a whole when it is on all of them.
func (r *clusterReconciler) engineImage(ctx context.Context) error {
	nodes := &longhorn.NodeList{}
	if err := r.List(ctx, nodes, client.InNamespace(r.Namespace)); err != nil {
		return err
	}
	object := &longhorn.EngineImage{}
	object.Namespace, object.Name = r.Namespace, r.engineImageName()
	if _, err := controllerutil.CreateOrUpdate(ctx, r.Client, object, func() error {
		object.Spec.Image = r.EngineImage
		return nil
	}); err != nil {
		return err
	}
	before := object.DeepCopy()
	object.Status.OwnerID, object.Status.State = r.Node, longhorn.EngineImageStateDeployed
	object.Status.NodeDeploymentMap = map[string]bool{}
	for i := range nodes.Items {
		ready := Ready(&nodes.Items[i])
		object.Status.NodeDeploymentMap[nodes.Items[i].Name] = ready
		if !ready {
			object.Status.State = longhorn.EngineImageStateDeploying
		}
	}
	whole := object.Status.State == longhorn.EngineImageStateDeployed
	object.Status.Conditions = setCondition(object.Status.Conditions, longhorn.EngineImageConditionTypeReady, whole, "", "")
	return r.Status().Patch(ctx, object, client.MergeFrom(before))
}

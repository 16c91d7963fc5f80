package control

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/yaml"
)

const (
	classMap     = "longhorn-storageclass"
	classKey     = "storageclass.yaml"
	classApplied = "longhorn.io/last-applied-configmap"
)

// classReconciler makes the StorageClass that the ConfigMap describes. It makes it anew when the ConfigMap changes, and
// leaves what others write on it (such as the mark of the default class) alone until then, as upstream does.
type classReconciler struct{ base }

func setupClass(manager ctrl.Manager, shared base) error {
	toMap := handler.EnqueueRequestsFromMapFunc(func(context.Context, client.Object) []ctrl.Request {
		return []ctrl.Request{{NamespacedName: client.ObjectKey{Namespace: shared.Namespace, Name: classMap}}}
	})
	return ctrl.NewControllerManagedBy(manager).Named("class").
		Watches(&corev1.ConfigMap{}, toMap, builder.WithPredicates(shared.named(classMap))).
		Watches(&storagev1.StorageClass{}, toMap).
		Complete(&classReconciler{shared})
}

// Reconcile compares the class with the ConfigMap's text.
func (r *classReconciler) Reconcile(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
	config := &corev1.ConfigMap{}
	if err := r.Get(ctx, request.NamespacedName, config); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	wanted := &storagev1.StorageClass{}
	if err := yaml.Unmarshal([]byte(config.Data[classKey]), wanted); err != nil {
		return ctrl.Result{}, fmt.Errorf("ConfigMap %s, key %s: %w", classMap, classKey, err)
	}
	if wanted.Annotations == nil {
		wanted.Annotations = map[string]string{}
	}
	wanted.Annotations[classApplied] = config.Data[classKey]
	found := &storagev1.StorageClass{}
	err := r.Get(ctx, client.ObjectKey{Name: wanted.Name}, found)
	if err == nil && found.Annotations[classApplied] == config.Data[classKey] {
		return ctrl.Result{}, nil
	}
	if err == nil {
		err = r.Delete(ctx, found)
	}
	if err != nil && !apierrors.IsNotFound(err) {
		return ctrl.Result{}, err
	}
	return ctrl.Result{}, r.Create(ctx, wanted)
}

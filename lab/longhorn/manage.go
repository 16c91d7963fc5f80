package main

import (
	"context"
	"net/http"
	"os"

	snapshot "github.com/kubernetes-csi/external-snapshotter/client/v8/apis/volumesnapshot/v1"
	longhorn "github.com/longhorn/longhorn-manager/k8s/pkg/apis/longhorn/v1beta2"
	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"ironacre.test/lab/longhorn/control"
	"ironacre.test/lab/longhorn/node"
	"ironacre.test/lab/longhorn/volumes"
)

const probeAddress = ":9500"

// manage runs the controllers: those of the node everywhere, the others where this process leads.
func manage(ctx context.Context) error {
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{clientgoscheme.AddToScheme, longhorn.AddToScheme, snapshot.AddToScheme} {
		if err := add(scheme); err != nil {
			return err
		}
	}
	config := control.Config{
		Namespace: env("POD_NAMESPACE", "longhorn-system"), Node: os.Getenv("NODE_NAME"), Version: version,
		NodeLabel: os.Getenv("STORAGE_NODE_LABEL"), DiskPath: diskPath(), Store: volumes.Store{Root: diskPath()},
		EngineImage:   env("ENGINE_IMAGE", "longhornio/longhorn-engine:"+version),
		InstanceImage: env("INSTANCE_MANAGER_IMAGE", "longhornio/longhorn-instance-manager:"+version),
	}
	manager, err := ctrl.NewManager(ctrl.GetConfigOrDie(), ctrl.Options{
		Scheme:                  scheme,
		LeaderElection:          true,
		LeaderElectionID:        "longhorn-manager-stand-in",
		LeaderElectionNamespace: config.Namespace,
		// The next leader must not wait out a lease that its predecessor gave up.
		LeaderElectionReleaseOnCancel: true,
		HealthProbeBindAddress:        probeAddress,
		Metrics:                       server.Options{BindAddress: "0"},
		Cache:                         onlyOurs(config.Namespace),
	})
	if err != nil {
		return err
	}
	if err := manager.AddReadyzCheck("shared folder", func(*http.Request) error {
		_, _, err := config.Store.Space()
		return err
	}); err != nil {
		return err
	}
	if err := control.Setup(manager, config); err != nil {
		return err
	}
	return manager.Start(ctx)
}

// onlyOurs keeps ConfigMaps of other namespaces out of the cache, and out of the rights that are needed.
func onlyOurs(namespace string) cache.Options {
	mine := map[string]cache.Config{namespace: {}}
	return cache.Options{ByObject: map[client.Object]cache.ByObject{
		&corev1.ConfigMap{}: {Namespaces: mine},
	}}
}

// deployDriver makes the CSIDriver object and stays, as upstream's deployer does; an object that is there stays too.
func deployDriver(ctx context.Context) error {
	clientset, err := kubernetes.NewForConfig(ctrl.GetConfigOrDie())
	if err != nil {
		return err
	}
	yes, policy := true, storagev1.ReadWriteOnceWithFSTypeFSGroupPolicy
	driver := &storagev1.CSIDriver{ObjectMeta: metav1.ObjectMeta{Name: node.Driver}}
	driver.Spec = storagev1.CSIDriverSpec{AttachRequired: &yes, PodInfoOnMount: &yes, FSGroupPolicy: &policy}
	_, err = clientset.StorageV1().CSIDrivers().Create(ctx, driver, metav1.CreateOptions{})
	if err != nil && !apierrors.IsAlreadyExists(err) {
		return err
	}
	<-ctx.Done()
	return nil
}

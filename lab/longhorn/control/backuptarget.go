package control

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"time"

	longhorn "github.com/longhorn/longhorn-manager/k8s/pkg/apis/longhorn/v1beta2"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/manager"
)

const (
	probeTime   = 5 * time.Second
	probePeriod = 5 * time.Minute
)

// Ports of the backup stores whose address the URL holds.
var storePorts = map[string]string{"nfs": "2049", "cifs": "445"}

// backupReconciler says whether a backup target answers. Nothing is ever backed up to it.
type backupReconciler struct{ base }

func setupBackupTarget(mgr ctrl.Manager, shared base) error {
	first := manager.RunnableFunc(func(ctx context.Context) error {
		target := &longhorn.BackupTarget{}
		target.Namespace, target.Name = shared.Namespace, "default"
		target.Spec.PollInterval.Duration = probePeriod
		if err := shared.Create(ctx, target); err != nil && !apierrors.IsAlreadyExists(err) {
			return err
		}
		return nil
	})
	if err := mgr.Add(first); err != nil {
		return err
	}
	return ctrl.NewControllerManagedBy(mgr).Named("backuptarget").
		For(&longhorn.BackupTarget{}).
		Complete(&backupReconciler{shared})
}

// Reconcile knocks at the target and writes whether it opened.
func (r *backupReconciler) Reconcile(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
	target := &longhorn.BackupTarget{}
	if err := r.Get(ctx, request.NamespacedName, target); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	problem := reach(ctx, target.Spec)
	before := target.DeepCopy()
	target.Status.OwnerID, target.Status.Available = r.Node, problem == nil
	message := ""
	if problem != nil {
		message = problem.Error()
	}
	// Upstream's condition is named for the trouble: it is True when the target cannot be used.
	target.Status.Conditions = setCondition(target.Status.Conditions,
		longhorn.BackupTargetConditionTypeUnavailable, problem != nil,
		reasonUnless(problem == nil, longhorn.BackupTargetConditionReasonUnavailable), message)
	return ctrl.Result{RequeueAfter: probePeriod}, r.Status().Patch(ctx, target, client.MergeFrom(before))
}

// reach returns why a target cannot be used, or nil.
func reach(ctx context.Context, spec longhorn.BackupTargetSpec) error {
	if spec.BackupTargetURL == "" {
		return fmt.Errorf("backup target URL is empty")
	}
	address, err := url.Parse(spec.BackupTargetURL)
	if err != nil {
		return err
	}
	port, direct := storePorts[address.Scheme]
	if !direct {
		if spec.CredentialSecret == "" {
			return fmt.Errorf("%s: a credential secret is missing", address.Scheme)
		}
		return nil
	}
	dialer := net.Dialer{Timeout: probeTime}
	connection, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(address.Hostname(), port))
	if err != nil {
		return err
	}
	return connection.Close()
}

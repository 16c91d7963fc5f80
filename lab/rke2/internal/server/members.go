package server

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/tools/cache"

	"ironacre.test/lab/rke2/internal/logx"
)

// Annotations by which the cluster's etcd members are known and taken out.
const (
	nameAnnotation    = "etcd.rke2.cattle.io/node-name"
	addressAnnotation = "etcd.rke2.cattle.io/node-address"
	removeAnnotation  = "etcd.rke2.cattle.io/remove"
	removedAnnotation = "etcd.rke2.cattle.io/removed-node-name"
)

func (s *Server) answerMembers(request *http.Request) (any, error) {
	var answer any
	err := s.withEtcd(request.Context(), nil, func(ctx context.Context, client *clientv3.Client) error {
		found, err := client.MemberList(ctx)
		answer = convert(found)
		return err
	})
	return answer, err
}

// labelNode marks this node as a server. A kubelet may not give itself these labels.
func (s *Server) labelNode(ctx context.Context) error {
	name, err := s.memberName()
	if err != nil {
		return err
	}
	labels := []string{}
	for _, label := range s.Config.List("node-label") {
		if key, value, _ := strings.Cut(label, "="); strings.HasPrefix(key, "node-role.kubernetes.io/") {
			labels = append(labels, fmt.Sprintf("%q:%q", key, value))
		}
	}
	labels = append(labels, `"node-role.kubernetes.io/control-plane":"true"`, `"node-role.kubernetes.io/etcd":"true"`)
	patch := fmt.Sprintf(`{"metadata":{"labels":{%s},"annotations":{%q:%q,%q:%q,"rke2.io/hostname":%q,"rke2.io/internal-ip":%q}}}`,
		strings.Join(labels, ","), nameAnnotation, name, addressAnnotation, s.Address, s.Node, s.Address)
	nodes := s.client.CoreV1().Nodes()
	return until(ctx, time.Second, func() error {
		if _, err := nodes.Patch(ctx, s.Node, types.StrategicMergePatchType, []byte(patch), metav1.PatchOptions{}); err != nil {
			return err
		}
		_, err := nodes.Patch(ctx, s.Node, types.StrategicMergePatchType, []byte(voterPatch(time.Now())), metav1.PatchOptions{}, "status")
		return err
	})
}

// voterPatch says on the Node that its member votes; the API of a member that does not vote is never started.
func voterPatch(now time.Time) string {
	stamp := now.UTC().Format(time.RFC3339)
	return fmt.Sprintf(`{"status":{"conditions":[{"type":"EtcdIsVoter","status":"True","reason":"MemberNotLearner",`+
		`"message":"Node is a voting member of the etcd cluster","lastHeartbeatTime":%q,"lastTransitionTime":%q}]}}`, stamp, stamp)
}

// keepMembers removes the etcd member and the password of a Node that is deleted or marked for removal.
func (s *Server) keepMembers(ctx context.Context) {
	factory := informers.NewSharedInformerFactory(s.client, 0)
	nodes := factory.Core().V1().Nodes().Informer()
	_, err := nodes.AddEventHandler(cache.ResourceEventHandlerFuncs{
		UpdateFunc: func(_, object any) {
			if node, ok := object.(*corev1.Node); ok && node.Annotations[removeAnnotation] == "true" {
				s.removeMarked(ctx, node)
			}
		},
		DeleteFunc: func(object any) {
			if gone, ok := object.(cache.DeletedFinalStateUnknown); ok {
				object = gone.Obj
			}
			if node, ok := object.(*corev1.Node); ok {
				s.forgetNodePassword(ctx, node.Name)
				s.removeMember(ctx, node)
			}
		},
	})
	if err != nil {
		logx.Error("nodes: %v", err)
		return
	}
	factory.Start(ctx.Done())
}

func (s *Server) removeMarked(ctx context.Context, node *corev1.Node) {
	member := node.Annotations[nameAnnotation]
	if member == "" || node.Annotations[removedAnnotation] == member || !s.removeMember(ctx, node) {
		return
	}
	patch := fmt.Sprintf(`{"metadata":{"annotations":{%q:%q}}}`, removedAnnotation, member)
	_, err := s.client.CoreV1().Nodes().Patch(ctx, node.Name, types.MergePatchType, []byte(patch), metav1.PatchOptions{})
	if err != nil && !apierrors.IsNotFound(err) {
		logx.Error("Failed to note the removal of etcd member %s: %v", member, err)
	}
}

// removeMember takes the node's member out of etcd and tells whether it is out. The node itself leaves it to the others.
func (s *Server) removeMember(ctx context.Context, node *corev1.Node) bool {
	name := node.Annotations[nameAnnotation]
	if name == "" || node.Name == s.Node {
		return false
	}
	err := s.withEtcd(ctx, nil, func(ctx context.Context, client *clientv3.Client) error {
		found, err := client.MemberList(ctx)
		if err != nil {
			return err
		}
		for _, member := range found.Members {
			if member.Name != name {
				continue
			}
			logx.Info("Removing etcd member %s, its Node is gone or marked", name)
			_, err = client.MemberRemove(ctx, member.ID)
		}
		return err
	})
	if err != nil && !strings.Contains(err.Error(), "member not found") {
		logx.Error("Failed to remove etcd member %s: %v", name, err)
		return false
	}
	return true
}

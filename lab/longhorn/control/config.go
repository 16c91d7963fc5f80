// Package control holds the controllers of the stand-in: what Longhorn's manager and CSI sidecars do to the objects of
// the API, with folders in place of replicated block devices.
package control

import (
	"crypto/sha256"
	"encoding/hex"

	longhorn "github.com/longhorn/longhorn-manager/k8s/pkg/apis/longhorn/v1beta2"
	"k8s.io/apimachinery/pkg/runtime"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"ironacre.test/lab/longhorn/volumes"
)

// Config is what every controller needs to know.
//
// NodeLabel: key of the label, value "true", of the nodes that have the shared folder.
type Config struct {
	Namespace     string
	Node          string
	NodeLabel     string
	Version       string
	EngineImage   string
	InstanceImage string
	DiskPath      string
	Store         volumes.Store
}

// base gives a controller the API and the configuration.
type base struct {
	client.Client
	Config
	scheme *runtime.Scheme
}

// short returns eight characters that are the same for the same text; Longhorn names its objects like that.
func short(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])[:8]
}

func (c Config) instanceManagerOf(node string) string {
	return "instance-manager-" + short(node+c.InstanceImage)
}

func (c Config) engineImageName() string { return "ei-" + short(c.EngineImage) }

// Setup adds all controllers to the manager; all but the node's own wait until this process leads.
func Setup(manager ctrl.Manager, config Config) error {
	shared := base{manager.GetClient(), config, manager.GetScheme()}
	if err := setupNode(manager, shared); err != nil {
		return err
	}
	for _, setup := range []func(ctrl.Manager, base) error{
		setupCluster, setupSettings, setupClass, setupVolumes, setupAttachments, setupExpansion, setupSnapshots,
		setupBackupTarget, setupProvisioner,
	} {
		if err := setup(manager, shared); err != nil {
			return err
		}
	}
	return nil
}

// Ready tells whether a Longhorn node can carry replicas now.
func Ready(node *longhorn.Node) bool {
	return isTrue(node.Status.Conditions, longhorn.NodeConditionTypeReady)
}

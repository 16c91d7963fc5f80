package control

import (
	"testing"

	longhorn "github.com/longhorn/longhorn-manager/k8s/pkg/apis/longhorn/v1beta2"
	storagev1 "k8s.io/api/storage/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func nodeNamed(name string, ready, schedulable bool) longhorn.Node {
	node := longhorn.Node{ObjectMeta: metav1.ObjectMeta{Name: name}}
	node.Spec.Disks = map[string]longhorn.DiskSpec{"disk": {}}
	node.Status.Conditions = setCondition(nil, longhorn.NodeConditionTypeReady, ready, "", "")
	node.Status.Conditions = setCondition(
		node.Status.Conditions, longhorn.NodeConditionTypeSchedulable, schedulable, "", "")
	return node
}

func attachedTo(nodes ...string) (found []storagev1.VolumeAttachment) {
	for _, name := range nodes {
		found = append(found, storagev1.VolumeAttachment{Spec: storagev1.VolumeAttachmentSpec{NodeName: name}})
	}
	return found
}

func TestReplicasGoToDifferentNodesThatCanCarryThem(t *testing.T) {
	nodes := []longhorn.Node{
		nodeNamed("busy", true, true), nodeNamed("down", false, true), nodeNamed("cordoned", true, false),
		nodeNamed("idle", true, true),
	}
	placed := Place(nodes, map[string]int{"busy": 4}, 3)
	if len(placed) != 2 || placed[0].Name != "idle" || placed[1].Name != "busy" {
		t.Errorf("placed on %v", placed)
	}
}

func TestAVolumeWithFewerReplicasThanWantedIsDegraded(t *testing.T) {
	for _, example := range []struct {
		name         string
		on           []string
		well, wanted int
		robustness   longhorn.VolumeRobustness
		state        longhorn.VolumeState
		current, new string
	}{
		{"detached", nil, 3, 3, longhorn.VolumeRobustnessUnknown, longhorn.VolumeStateDetached, "", ""},
		{"whole", []string{"n1"}, 3, 3, longhorn.VolumeRobustnessHealthy, longhorn.VolumeStateAttached, "n1", ""},
		{"node lost", []string{"n1"}, 2, 3, longhorn.VolumeRobustnessDegraded, longhorn.VolumeStateAttached, "n1", ""},
		{"all lost", []string{"n1"}, 0, 3, longhorn.VolumeRobustnessFaulted, longhorn.VolumeStateAttached, "n1", ""},
		{"moving", []string{"n1", "n2"}, 3, 3, longhorn.VolumeRobustnessHealthy, longhorn.VolumeStateAttached, "n1", "n2"},
	} {
		status := &longhorn.VolumeStatus{CurrentNodeID: "old", CurrentMigrationNodeID: "old"}
		Describe(status, attachedTo(example.on...), example.well, example.wanted)
		if status.State != example.state || status.Robustness != example.robustness ||
			status.CurrentNodeID != example.current || status.CurrentMigrationNodeID != example.new {
			t.Errorf("%s: %+v", example.name, status)
		}
	}
}

func TestSettingsAreJudgedByUpstreamsDefinitions(t *testing.T) {
	for _, example := range []struct {
		name, value string
		accepted    bool
	}{
		{"default-replica-count", `{"v1":"2","v2":"2"}`, true},
		{"storage-over-provisioning-percentage", "100", true},
		{"storage-over-provisioning-percentage", "a lot", false},
		{"node-drain-policy", "allow-if-replica-is-stopped", true},
		{"node-drain-policy", "whenever", false},
		{"no-such-setting", "1", false},
		{"backup-execution-timeout", "", false},
	} {
		if got := Accepts(example.name, example.value); got != example.accepted {
			t.Errorf("%s=%s: accepted %v", example.name, example.value, got)
		}
	}
}

func TestDefaultsLeaveOutWhatUpstreamIgnores(t *testing.T) {
	found, err := Defaults("storage-over-provisioning-percentage: 100\nnode-drain-policy: whenever\ntaint-toleration:\nx: y\n")
	if err != nil || len(found) != 1 || found["storage-over-provisioning-percentage"] != "100" {
		t.Errorf("%v, error %v", found, err)
	}
}

func TestAConditionKeepsItsTimeWhileItsStatusStays(t *testing.T) {
	old := []longhorn.Condition{{Type: "Ready", Status: longhorn.ConditionStatusTrue, LastTransitionTime: "then"}}
	same := setCondition(append([]longhorn.Condition(nil), old...), "Ready", true, "", "")
	changed := setCondition(append([]longhorn.Condition(nil), old...), "Ready", false, "Gone", "")
	if same[0].LastTransitionTime != "then" || changed[0].LastTransitionTime == "then" {
		t.Errorf("%v %v", same, changed)
	}
}

package control

import (
	"time"

	longhorn "github.com/longhorn/longhorn-manager/k8s/pkg/apis/longhorn/v1beta2"
)

// setCondition puts a condition into the list; the transition time moves only when the status does.
func setCondition(conditions []longhorn.Condition, kind string, ok bool, reason, message string) []longhorn.Condition {
	status := longhorn.ConditionStatusFalse
	if ok {
		status = longhorn.ConditionStatusTrue
	}
	wanted := longhorn.Condition{Type: kind, Status: status, Reason: reason, Message: message}
	for i, found := range conditions {
		if found.Type != kind {
			continue
		}
		wanted.LastTransitionTime = found.LastTransitionTime
		if found.Status != status {
			wanted.LastTransitionTime = now()
		}
		conditions[i] = wanted
		return conditions
	}
	wanted.LastTransitionTime = now()
	return append(conditions, wanted)
}

// isTrue tells whether the list has this condition with status True.
func isTrue(conditions []longhorn.Condition, kind string) bool {
	for _, found := range conditions {
		if found.Type == kind {
			return found.Status == longhorn.ConditionStatusTrue
		}
	}
	return false
}

func now() string { return time.Now().UTC().Format(time.RFC3339) }

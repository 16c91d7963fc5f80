package vsphere

import (
	"fmt"
	"time"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// poll is how often a task is looked at. The ways of the simulator and of its client wait 10 and 20 ms at a time, which
// is a minute for an estate of 700 machines.
const poll = 200 * time.Microsecond

// await waits for a task of the simulator and returns its result.
func await(registry *simulator.Registry, ref types.ManagedObjectReference) (types.AnyType, *types.LocalizedMethodFault) {
	task := registry.Get(ref).(*simulator.Task)
	onlooker := &simulator.Context{Map: registry}
	for {
		var info types.TaskInfo
		registry.WithLock(onlooker, task, func() { info = task.Info })
		switch info.State {
		case types.TaskInfoStateSuccess:
			return info.Result, nil
		case types.TaskInfoStateError:
			return nil, info.Error
		}
		time.Sleep(poll)
	}
}

// done waits for a task of the client in this process.
func (b *builder) done(task *object.Task, err error) (types.AnyType, error) {
	if err != nil {
		return nil, err
	}
	result, fault := await(b.center.registry(), task.Reference())
	if fault != nil {
		return nil, fmt.Errorf("%T: %s", fault.Fault, fault.LocalizedMessage)
	}
	return result, nil
}

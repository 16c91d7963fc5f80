package vsphere

import (
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// work is one of the simulator's own tasks with something of ours before and after it.
type work struct {
	name   string
	method string
	before func() types.BaseMethodFault
	inner  func() types.ManagedObjectReference
	after  func(result types.AnyType) types.BaseMethodFault
}

// run starts the work as a task of the machine and returns the task.
func (m *machineMethods) run(ctx *simulator.Context, w work) types.ManagedObjectReference {
	task := simulator.CreateTask(m.Self, w.name, func(*simulator.Task) (types.AnyType, types.BaseMethodFault) {
		for _, fault := range m.center.Faults.Take("task", w.method) {
			return nil, faultOf(fault.Fault)
		}
		if w.before != nil {
			if fault := w.before(); fault != nil {
				return nil, fault
			}
		}
		result, failed := await(ctx.Map, w.inner())
		if failed != nil {
			return nil, failed.Fault
		}
		if w.after != nil {
			return result, w.after(result)
		}
		return result, nil
	})
	return task.Run(ctx)
}

// failing returns a task that ends with an injected fault, nil when none is to happen.
func (m *machineMethods) failing(ctx *simulator.Context, name, method string) *types.ManagedObjectReference {
	faults := m.center.Faults.Take("task", method)
	if len(faults) == 0 {
		return nil
	}
	task := simulator.CreateTask(m.Self, name, func(*simulator.Task) (types.AnyType, types.BaseMethodFault) {
		return nil, faultOf(faults[0].Fault)
	}).Run(ctx)
	return &task
}

// PowerOnVMTask refuses a machine whose disks are being exported.
func (m *machineMethods) PowerOnVMTask(ctx *simulator.Context, req *types.PowerOnVM_Task) soap.HasFault {
	if m.center.exported(m.Self) {
		return &methods.PowerOnVM_TaskBody{Fault_: simulator.Fault("", inProgress())}
	}
	if task := m.failing(ctx, "powerOn", "PowerOnVM_Task"); task != nil {
		return &methods.PowerOnVM_TaskBody{Res: &types.PowerOnVM_TaskResponse{Returnval: *task}}
	}
	return m.VirtualMachine.PowerOnVMTask(ctx, req)
}

// PowerOffVMTask cuts the power.
func (m *machineMethods) PowerOffVMTask(ctx *simulator.Context, req *types.PowerOffVM_Task) soap.HasFault {
	if task := m.failing(ctx, "powerOff", "PowerOffVM_Task"); task != nil {
		return &methods.PowerOffVM_TaskBody{Res: &types.PowerOffVM_TaskResponse{Returnval: *task}}
	}
	return m.VirtualMachine.PowerOffVMTask(ctx, req)
}

// ReconfigVMTask changes a machine.
func (m *machineMethods) ReconfigVMTask(ctx *simulator.Context, req *types.ReconfigVM_Task) soap.HasFault {
	if task := m.failing(ctx, "reconfigVm", "ReconfigVM_Task"); task != nil {
		return &methods.ReconfigVM_TaskBody{Res: &types.ReconfigVM_TaskResponse{Returnval: *task}}
	}
	return m.VirtualMachine.ReconfigVMTask(ctx, req)
}

// inProgress is the fault of two things at once; without a task's type in it, pyVmomi cannot read it.
func inProgress() *types.TaskInProgress {
	return &types.TaskInProgress{Task: types.ManagedObjectReference{Type: "Task", Value: "task-export"}}
}

// ShutdownGuest needs the guest's tools, and a guest that listens.
func (m *machineMethods) ShutdownGuest(ctx *simulator.Context, req *types.ShutdownGuest) soap.HasFault {
	said := m.center.machineOf(m.Self)
	if m.Runtime.PowerState == types.VirtualMachinePowerStatePoweredOn {
		if said.Tools != "running" {
			return &methods.ShutdownGuestBody{Fault_: simulator.Fault("", &types.ToolsUnavailable{})}
		}
		if said.Shutdown == "ignored" {
			return &methods.ShutdownGuestBody{Res: &types.ShutdownGuestResponse{}}
		}
	}
	return m.VirtualMachine.ShutdownGuest(ctx, req)
}

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
		done := ctx.Map.Get(w.inner()).(*simulator.Task)
		done.Wait()
		if done.Info.Error != nil {
			return nil, done.Info.Error.Fault
		}
		if w.after != nil {
			return done.Info.Result, w.after(done.Info.Result)
		}
		return done.Info.Result, nil
	})
	return task.Run(ctx)
}

// PowerOnVMTask refuses a machine whose disks are being exported.
func (m *machineMethods) PowerOnVMTask(ctx *simulator.Context, req *types.PowerOnVM_Task) soap.HasFault {
	if m.Config.Template {
		return m.VirtualMachine.PowerOnVMTask(ctx, req)
	}
	task := m.run(ctx, work{
		name: "powerOn", method: "PowerOnVM_Task",
		before: func() types.BaseMethodFault {
			if m.center.exported(m.Self) {
				return inProgress()
			}
			return nil
		},
		inner: func() types.ManagedObjectReference {
			return m.VirtualMachine.PowerOnVMTask(ctx, req).(*methods.PowerOnVM_TaskBody).Res.Returnval
		},
	})
	return &methods.PowerOnVM_TaskBody{Res: &types.PowerOnVM_TaskResponse{Returnval: task}}
}

// PowerOffVMTask cuts the power.
func (m *machineMethods) PowerOffVMTask(ctx *simulator.Context, req *types.PowerOffVM_Task) soap.HasFault {
	task := m.run(ctx, work{
		name: "powerOff", method: "PowerOffVM_Task",
		inner: func() types.ManagedObjectReference {
			return m.VirtualMachine.PowerOffVMTask(ctx, req).(*methods.PowerOffVM_TaskBody).Res.Returnval
		},
	})
	return &methods.PowerOffVM_TaskBody{Res: &types.PowerOffVM_TaskResponse{Returnval: task}}
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

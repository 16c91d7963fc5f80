package vsphere

import (
	"reflect"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"

	"ironacre.test/lab/vcenter/watch"
)

// These stand before the simulator's objects for the time of one call. The objects in its registry stay what they are:
// its own code asserts their types.
type machineMethods struct {
	*simulator.VirtualMachine
	call
}

type snapshotMethods struct {
	*simulator.VirtualMachineSnapshot
	call
}

// call is where a call happens. session: what belongs to the session of the client.
type call struct {
	center  *Center
	session *simulator.Registry
}

type sessionMethods struct {
	*simulator.SessionManager
	center *Center
}

func (c *Center) handle(ctx *simulator.Context, method *simulator.Method) (mo.Reference, types.BaseMethodFault) {
	if c.serving {
		if fault := c.admit(ctx, method); fault != nil {
			return nil, fault
		}
	}
	if manager, ok := ctx.Map.Get(method.This).(*simulator.SessionManager); ok {
		return &sessionMethods{manager, c}, nil
	}
	if ctx.Session == nil {
		return nil, nil
	}
	here := call{c, ctx.Session.Registry}
	switch object := ctx.Map.Get(method.This).(type) {
	case *simulator.VirtualMachine:
		if c.machineOf(object.Self) != nil { // a clone has no disks of ours
			put(ctx, &machineMethods{object, here})
		}
	case *simulator.VirtualMachineSnapshot:
		if c.machineOf(object.Vm) != nil {
			put(ctx, &snapshotMethods{object, here})
		}
	}
	return nil, nil
}

// put makes an object the one that is called. The simulator looks into the session first, and each request has its own
// copy of that.
func put(ctx *simulator.Context, object mo.Reference) {
	ctx.Session.Registry = simulator.NewRegistry()
	ctx.Session.Registry.Put(object)
}

// admit writes the call down, and refuses it when its session is not there (any more) or a fault is to happen.
func (c *Center) admit(ctx *simulator.Context, method *simulator.Method) types.BaseMethodFault {
	target := target(method)
	c.Journal.Call(watch.Change{Method: method.Name, Object: target.String(), Name: c.nameOf(target)})
	if method.Name != "Login" && len(c.Faults.Take("session", method.Name)) > 0 {
		c.ExpireSessions()
		ctx.Session = nil
	}
	if ctx.Session == nil && !open(method.Name, target) {
		return &types.NotAuthenticated{NoPermission: types.NoPermission{Object: &target, PrivilegeId: "System.View"}}
	}
	if method.Name == "Logout" && ctx.Session != nil {
		c.forget(ctx.Session.Key)
	}
	for _, fault := range c.Faults.Take("call", method.Name) {
		return faultOf(fault.Fault)
	}
	return nil
}

// target returns the object of a call; a Fetch has been turned to the property collector by now.
func target(method *simulator.Method) types.ManagedObjectReference {
	body := reflect.ValueOf(method.Body).Elem().FieldByName("This")
	return body.Interface().(types.ManagedObjectReference)
}

// open tells what may be asked before a login.
func open(method string, target types.ManagedObjectReference) bool {
	switch method {
	case "Login", "LoginByToken", "LoginExtensionByCertificate", "CloneSession", "RetrieveServiceContent",
		"RetrieveInternalContent":
		return true
	}
	return method == "Fetch" && target.Type == "ServiceInstance"
}

func (c *Center) nameOf(ref types.ManagedObjectReference) string {
	if m := c.machineOf(ref); m != nil {
		return m.Name
	}
	if lease := c.leaseOf(ref.Value); lease != nil {
		return c.nameOf(lease.Info.Entity)
	}
	if snapshot, ok := c.registry().Get(ref).(*simulator.VirtualMachineSnapshot); ok {
		return c.nameOf(snapshot.Vm)
	}
	return ""
}

// faultOf returns the vSphere fault of a name.
func faultOf(name string) types.BaseMethodFault {
	if name == "TaskInProgress" {
		return inProgress()
	}
	if kind, found := types.TypeFunc()(name); found {
		if fault, ok := reflect.New(kind).Interface().(types.BaseMethodFault); ok {
			return fault
		}
	}
	return &types.SystemError{Reason: "injected: " + name}
}

package watch

import (
	"fmt"
	"slices"
	"sync"
)

// Fault is something that is to go wrong.
//
// On: HTTP of sdk, folder, nfc; a session, a lease; a SOAP call, its task; cbt. Kind: see Kinds. Skip: so many occasions pass first.
// Count: so often it happens (1 when not given, -1: always). Method: only this SOAP method.
// AfterBytes: of the body, for reset, truncate, short and the expiry of a lease. Status: for status. Delta: bytes the length is wrong by.
// Fault: name of the vSphere fault.
type Fault struct {
	On         string `json:"on"`
	Kind       string `json:"kind"`
	Skip       int    `json:"skip,omitempty"`
	Count      int    `json:"count,omitempty"`
	Method     string `json:"method,omitempty"`
	AfterBytes int64  `json:"after_bytes,omitempty"`
	Status     int    `json:"status,omitempty"`
	Delta      int64  `json:"delta,omitempty"`
	Fault      string `json:"fault,omitempty"`
}

var transport = []string{"reset", "truncate", "short", "status", "wrong_length", "no_accept_ranges", "ignore_range"}

// Kinds are the faults of each place.
var Kinds = map[string][]string{
	"sdk": {"reset", "truncate", "status"}, "folder": transport, "nfc": transport, "session": {"expire"},
	"lease": {"expire"}, "cbt": {"lie"}, "call": {"fault"}, "task": {"fault"},
}

// Faults are those that are still to happen.
type Faults struct {
	mu   sync.Mutex
	list []*Fault
}

// Add takes a fault in; an unknown kind is an error.
func (f *Faults) Add(fault Fault) error {
	if !slices.Contains(Kinds[fault.On], fault.Kind) {
		return fmt.Errorf("no fault %q on %q; there are %v", fault.Kind, fault.On, Kinds)
	}
	if fault.Count == 0 {
		fault.Count = 1
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.list = append(f.list, &fault)
	return nil
}

// Clear removes all.
func (f *Faults) Clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.list = nil
}

// List returns what is still to happen.
func (f *Faults) List() []Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	list := make([]Fault, len(f.list))
	for i, fault := range f.list {
		list[i] = *fault
	}
	return list
}

// Take returns the faults that happen at this occasion, and counts them as happened.
func (f *Faults) Take(on, method string) []Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	var happening []Fault
	f.list = slices.DeleteFunc(f.list, func(fault *Fault) bool {
		if fault.On != on || fault.Method != "" && fault.Method != method {
			return false
		}
		if fault.Skip > 0 {
			fault.Skip--
			return false
		}
		happening = append(happening, *fault)
		if fault.Count > 0 {
			fault.Count--
		}
		return fault.Count == 0
	})
	return happening
}

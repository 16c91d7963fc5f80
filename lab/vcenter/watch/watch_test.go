package watch

import (
	"slices"
	"testing"
)

func happens(f *Faults, on, method string) bool { return len(f.Take(on, method)) > 0 }

func TestAFaultLetsSomePassAndIsOverThen(t *testing.T) {
	faults := &Faults{}
	if err := faults.Add(Fault{On: "folder", Kind: "reset", Skip: 1, Count: 2}); err != nil {
		t.Fatal(err)
	}
	var seen []bool
	for range 5 {
		seen = append(seen, happens(faults, "folder", "GET"))
	}
	if want := []bool{false, true, true, false, false}; !slices.Equal(seen, want) {
		t.Errorf("%v", seen)
	}
}

func TestAFaultMindsItsPlaceAndMethod(t *testing.T) {
	faults := &Faults{}
	if err := faults.Add(Fault{On: "call", Kind: "fault", Method: "PowerOnVM_Task", Count: -1}); err != nil {
		t.Fatal(err)
	}
	if happens(faults, "call", "PowerOffVM_Task") || happens(faults, "task", "PowerOnVM_Task") {
		t.Error("it happened elsewhere")
	}
	for range 3 {
		if !happens(faults, "call", "PowerOnVM_Task") {
			t.Error("it is over although it is for always")
		}
	}
}

func TestAnUnknownFaultIsRefused(t *testing.T) {
	if err := (&Faults{}).Add(Fault{On: "session", Kind: "reset"}); err == nil {
		t.Error("accepted")
	}
}

func TestCallsThatAlterAreKeptInTheirOrder(t *testing.T) {
	journal := NewJournal()
	for _, method := range []string{"Login", "PowerOffVM_Task", "RetrievePropertiesEx", "Destroy_Task", "SomethingNew"} {
		journal.Call(Change{Method: method})
	}
	var methods []string
	journal.View(func(r *Report) {
		for _, change := range r.Changes {
			methods = append(methods, change.Method)
		}
	})
	if want := []string{"PowerOffVM_Task", "Destroy_Task", "SomethingNew"}; !slices.Equal(methods, want) {
		t.Errorf("%v", methods)
	}
}

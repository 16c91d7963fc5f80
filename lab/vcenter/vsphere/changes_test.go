package vsphere

import (
	"testing"

	"github.com/vmware/govmomi/vim25/types"

	"ironacre.test/lab/vcenter/disks"
)

func TestAnAnswerOfManyAreasIsReadInPagesThatMeet(t *testing.T) {
	const capacity = 10000 * disks.Grain
	var areas []disks.Area
	for i := range int64(4500) {
		areas = append(areas, disks.Area{Start: 2 * i * disks.Grain, Length: disks.Grain})
	}
	var found []types.DiskChangeExtent
	pages := 0
	for start := int64(0); start < capacity; pages++ {
		info := page(areas, start, capacity)
		if info.StartOffset != start || info.Length <= 0 {
			t.Fatalf("page %d: start %d, length %d", pages, info.StartOffset, info.Length)
		}
		found = append(found, info.ChangedArea...)
		start += info.Length
	}
	if pages != 3 || len(found) != len(areas) {
		t.Fatalf("%d pages with %d areas", pages, len(found))
	}
	for i, area := range areas {
		if found[i].Start != area.Start || found[i].Length != area.Length {
			t.Fatalf("area %d is %v, want %v", i, found[i], area)
		}
	}
}

func TestAnAnswerStartsWhereItWasAskedTo(t *testing.T) {
	info := page([]disks.Area{{Start: 0, Length: 300}, {Start: 500, Length: 10}}, 100, 1000)
	if len(info.ChangedArea) != 2 || info.ChangedArea[0].Start != 100 || info.ChangedArea[0].Length != 200 {
		t.Errorf("%v", info.ChangedArea)
	}
	if info.Length != 900 {
		t.Errorf("length %d", info.Length)
	}
}

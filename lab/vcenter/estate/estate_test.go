package estate

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func load(t *testing.T, text string) (*Estate, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "estate.json")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return Load(path)
}

func TestAMachineNeedsNothingButAName(t *testing.T) {
	e, err := load(t, `{"machines": [{"name": "one", "disks": [{"capacity_bytes": 1024}], "nics": [{}]}]}`)
	if err != nil {
		t.Fatal(err)
	}
	m := e.Machines[0]
	if m.Host != "esx1" || m.Power != "off" || m.Disks[0].Datastore != "datastore1" || m.NICs[0].Network != "VM Network" {
		t.Errorf("%+v", m)
	}
}

func TestEveryContradictionIsNamedAtOnce(t *testing.T) {
	_, err := load(t, `{"machines": [{"name": "one", "host": "nowhere", "power": "maybe", "disks": [{"capacity_bytes": 100}],
		"nics": [{"network": "VLAN 9", "addresses": ["192.0.2.1"]}]}]}`)
	for _, place := range []string{"[0].host", "[0].power", "[0].disks[0]", "[0].nics[0].network", "nics[0].addresses"} {
		if err == nil || !strings.Contains(err.Error(), place) {
			t.Errorf("%s is not named in: %v", place, err)
		}
	}
}

func TestAnUnknownFieldIsAnError(t *testing.T) {
	if _, err := load(t, `{"machines": [{"name": "one", "memory": 5}]}`); err == nil {
		t.Error("accepted")
	}
}

func TestAGeneratedEstateCanBeLoaded(t *testing.T) {
	made := Generate(700, 1)
	if !reflect.DeepEqual(made, Generate(700, 1)) {
		t.Error("not the same the second time")
	}
	text, err := json.Marshal(made)
	if err != nil {
		t.Fatal(err)
	}
	if e, err := load(t, string(text)); err != nil || len(e.Machines) != 700 {
		t.Errorf("error %v", err)
	}
}

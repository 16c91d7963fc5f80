package config

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// files writes config.yaml and drop-ins into a new folder and returns the path of config.yaml.
func files(t *testing.T, content map[string]string) string {
	t.Helper()
	folder := t.TempDir()
	for name, text := range content {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(folder, "config.yaml")
}

func read(t *testing.T, role, path string, args []string, environment map[string]string) *Config {
	t.Helper()
	config, err := Read(role, append([]string{"--config", path}, args...), func(name string) string { return environment[name] })
	if err != nil {
		t.Fatal(err)
	}
	return config
}

func TestDropInsReplaceAndAdd(t *testing.T) {
	path := files(t, map[string]string{
		"config.yaml":            "token: one\nnode-label: [a=1]\ntls-san: [x, y]\n",
		"config.yaml.d/10.yaml":  "node-label+: [b=2]\ntls-san: [z]\n",
		"config.yaml.d/20.yaml":  "node-label+: c=3\ntoken: two\n",
		"config.yaml.d/skip.txt": "token: three\n",
	})
	config := read(t, "server", path, nil, nil)
	if got := config.List("node-label"); !slices.Equal(got, []string{"a=1", "b=2", "c=3"}) {
		t.Errorf("node-label = %v", got)
	}
	if got := config.List("tls-san"); !slices.Equal(got, []string{"z"}) {
		t.Errorf("tls-san = %v", got)
	}
	if got := config.Text("token"); got != "two" {
		t.Errorf("token = %q", got)
	}
}

func TestCommandLineBeatsFileBeatsEnvironment(t *testing.T) {
	path := files(t, map[string]string{"config.yaml": "token: file\ndata-dir: /file\n"})
	environment := map[string]string{"RKE2_TOKEN": "environment", "RKE2_URL": "https://a:9345", "RKE2_DATA_DIR": "/environment"}
	config := read(t, "agent", path, []string{"--token=line"}, environment)
	for name, want := range map[string]string{"token": "line", "data-dir": "/file", "server": "https://a:9345"} {
		if got := config.Text(name); got != want {
			t.Errorf("%s = %q, want %q", name, got, want)
		}
	}
}

func TestListsOfFileAndCommandLineAreJoined(t *testing.T) {
	path := files(t, map[string]string{"config.yaml": "node-label: [a=1]\n"})
	config := read(t, "agent", path, []string{"--node-label", "b=2"}, nil)
	if got := config.List("node-label"); !slices.Equal(got, []string{"a=1", "b=2"}) {
		t.Errorf("node-label = %v", got)
	}
}

func TestUnknownKeysAreSkippedWithAWarning(t *testing.T) {
	path := files(t, map[string]string{"config.yaml": "cluster-init: true\ntoken: t\n"})
	config := read(t, "server", path, nil, nil)
	want := []string{"Unknown flag --cluster-init found in config.yaml, skipping"}
	if !slices.Equal(config.Warnings, want) {
		t.Errorf("warnings = %v", config.Warnings)
	}
}

func TestServerKeysAreUnknownToAnAgent(t *testing.T) {
	path := files(t, map[string]string{"config.yaml": "tls-san: [x]\n"})
	if config := read(t, "agent", path, nil, nil); len(config.Warnings) != 1 {
		t.Errorf("warnings = %v", config.Warnings)
	}
}

func TestArgumentsOfComponentsKeepTheirCommas(t *testing.T) {
	path := files(t, map[string]string{"config.yaml": "kubelet-arg: [\"feature-gates=A=true,B=false\"]\ncni: multus,canal\n"})
	config := read(t, "server", path, nil, nil)
	if got := config.List("kubelet-arg"); !slices.Equal(got, []string{"feature-gates=A=true,B=false"}) {
		t.Errorf("kubelet-arg = %v", got)
	}
	if got := config.List("cni"); !slices.Equal(got, []string{"multus", "canal"}) {
		t.Errorf("cni = %v", got)
	}
}

func TestBadValuesAreRefused(t *testing.T) {
	for text, want := range map[string]string{
		"profile: cis-1.6\n":             "--profile",
		"cni: weave\n":                   "--cni",
		"cni: [canal, multus]\n":         "--cni",
		"cni: [multus, canal, cilium]\n": "--cni",
		"token: [unclosed\n":             "config.yaml",
	} {
		path := files(t, map[string]string{"config.yaml": text})
		_, err := Read("server", []string{"--config", path}, func(string) string { return "" })
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v does not name %s", text, err, want)
		}
	}
	if _, err := Read("server", []string{"--clustr-cidr", "x"}, func(string) string { return "" }); err == nil {
		t.Error("an unknown flag on the command line is an error")
	}
}

func TestNthAddress(t *testing.T) {
	for cidr, want := range map[string]string{"10.43.0.0/16": "10.43.0.10", "10.43.0.250/24": "10.43.0.10", "fd00::/108": "fd00::a", "x": ""} {
		if got := NthAddress(cidr, 10); got != want {
			t.Errorf("NthAddress(%s) = %s, want %s", cidr, got, want)
		}
	}
	if got := NthAddress("10.43.0.0/16", 257); got != "10.43.1.1" {
		t.Errorf("carry: %s", got)
	}
}

package config

import (
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"sigs.k8s.io/yaml"
)

// readFiles returns the merged content of the file and of the folder beside it with ".d" added to its name.
// A later file replaces a key's value; a key that ends in "+" adds to it. A missing file is no error.
func readFiles(path string) (map[string][]string, error) {
	merged := map[string][]string{}
	for _, name := range filesOf(path) {
		content, err := os.ReadFile(name)
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if err := mergeInto(merged, content); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return merged, nil
}

func filesOf(path string) []string {
	names := []string{path}
	for _, pattern := range []string{"*.yaml", "*.yml"} {
		found, _ := filepath.Glob(filepath.Join(path+".d", pattern))
		names = append(names, found...)
	}
	sort.Strings(names[1:])
	return names
}

// mergeInto adds one file's keys to what earlier files said.
func mergeInto(merged map[string][]string, content []byte) error {
	var values map[string]any
	if err := yaml.Unmarshal(content, &values); err != nil {
		return err
	}
	for key, value := range values {
		name, adds := strings.CutSuffix(key, "+")
		name = strings.TrimLeft(name, "-")
		if adds {
			merged[name] = append(merged[name], asList(value)...)
		} else {
			merged[name] = asList(value)
		}
	}
	return nil
}

// asList turns a YAML value into the texts the command line would carry.
func asList(value any) []string {
	switch item := value.(type) {
	case nil:
		return []string{""}
	case []any:
		texts := []string{}
		for _, one := range item {
			texts = append(texts, asList(one)...)
		}
		return texts
	case map[string]any:
		texts := []string{}
		for key, one := range item {
			texts = append(texts, fmt.Sprintf("%s=%v", key, one))
		}
		sort.Strings(texts)
		return texts
	case float64:
		return []string{strings.TrimSuffix(fmt.Sprintf("%v", item), ".0")}
	default:
		return []string{fmt.Sprintf("%v", item)}
	}
}

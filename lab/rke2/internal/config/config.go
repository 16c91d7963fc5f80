package config

import (
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
)

// Config holds every setting of one start. The command line beats the files, the files beat the environment.
type Config struct {
	Role     string
	Warnings []string
	values   map[string][]string
}

// Read returns the settings of a role ("server" or "agent") from its arguments, the files and the environment.
func Read(role string, args []string, environment func(string) string) (*Config, error) {
	flags := known(role)
	given, err := parse(flags, args)
	if err != nil {
		return nil, err
	}
	config := &Config{Role: role, values: map[string][]string{}}
	for name, item := range flags {
		if value := environment(item.env); item.env != "" && value != "" {
			config.values[name] = split(item.kind, []string{value})
		}
	}
	path := flags["config"].initial
	for _, value := range [][]string{config.values["config"], given["config"]} {
		if len(value) > 0 {
			path = value[len(value)-1]
		}
	}
	files, err := readFiles(path)
	if err != nil {
		return nil, err
	}
	config.take(flags, files)
	for name, values := range given {
		if flags[name].kind == List && len(files[name]) > 0 {
			values = append(append([]string{}, config.values[name]...), values...)
		}
		config.values[name] = split(flags[name].kind, values)
	}
	return config, config.check()
}

// take adds the files' values; a key nobody knows is left out with a warning, as the real program does.
func (c *Config) take(flags map[string]flag, files map[string][]string) {
	for name, values := range files {
		item, ok := flags[name]
		if !ok {
			c.Warnings = append(c.Warnings, fmt.Sprintf("Unknown flag --%s found in config.yaml, skipping", name))
			continue
		}
		c.values[name] = split(item.kind, values)
	}
}

// split cuts comma-separated lists; arguments for components keep their commas.
func split(kind Kind, values []string) []string {
	if kind != List {
		return values
	}
	parts := []string{}
	for _, value := range values {
		if strings.Contains(value, "=") || strings.Contains(value, "{") {
			parts = append(parts, value)
			continue
		}
		for _, part := range strings.Split(value, ",") {
			if part = strings.TrimSpace(part); part != "" {
				parts = append(parts, part)
			}
		}
	}
	return parts
}

// parse reads "--name value", "--name=value" and switches; an unknown name is an error.
func parse(flags map[string]flag, args []string) (map[string][]string, error) {
	given := map[string][]string{}
	for index := 0; index < len(args); index++ {
		argument := args[index]
		if !strings.HasPrefix(argument, "-") {
			return nil, fmt.Errorf("unexpected argument %q", argument)
		}
		name, value, has := strings.Cut(strings.TrimLeft(argument, "-"), "=")
		if short := map[string]string{"c": "config", "d": "data-dir", "t": "token", "s": "server"}[name]; short != "" {
			name = short
		}
		item, ok := flags[name]
		if !ok {
			return nil, fmt.Errorf("flag provided but not defined: -%s", name)
		}
		switch {
		case item.kind == Switch && !has:
			value = "true"
		case !has && index+1 >= len(args):
			return nil, fmt.Errorf("flag needs an argument: -%s", name)
		case !has:
			index++
			value = args[index]
		}
		given[name] = append(given[name], value)
	}
	return given, nil
}

// Text returns a setting's last value, or its default.
func (c *Config) Text(name string) string {
	if values := c.values[name]; len(values) > 0 {
		return values[len(values)-1]
	}
	return known(c.Role)[name].initial
}

// On tells whether a switch is set.
func (c *Config) On(name string) bool {
	on, _ := strconv.ParseBool(c.Text(name))
	return on
}

// List returns all values of a list, or its default.
func (c *Config) List(name string) []string {
	if values, set := c.values[name]; set {
		return values
	}
	if initial := known(c.Role)[name].initial; initial != "" {
		return []string{initial}
	}
	return nil
}

// Set changes a setting, for values that are found out at start.
func (c *Config) Set(name string, values ...string) { c.values[name] = values }

// check refuses what the real program refuses at start.
func (c *Config) check() error {
	if profile := c.Text("profile"); profile != "" && profile != "cis" && profile != "etcd" {
		return fmt.Errorf("invalid value provided for --profile flag: %s is not one of cis, etcd", profile)
	}
	if c.Role != server {
		return nil
	}
	return checkCNI(c.List("cni"))
}

var networks = map[string]bool{"calico": true, "canal": true, "cilium": true, "flannel": true, "none": true}

// checkCNI holds the rule that multus comes first and is followed by exactly one network.
func checkCNI(chosen []string) error {
	rest := chosen
	if len(chosen) > 0 && chosen[0] == "multus" {
		rest = chosen[1:]
	}
	if len(rest) == 0 && len(chosen) == 1 {
		return nil // multus alone: the default network follows it
	}
	if len(rest) != 1 || !networks[rest[0]] {
		return fmt.Errorf("invalid value provided for --cni flag: %s; use multus and one of calico, canal, cilium, flannel, none",
			strings.Join(chosen, ","))
	}
	return nil
}

// HasMultus tells whether the Multus add-on is asked for.
func (c *Config) HasMultus() bool {
	for _, name := range c.List("cni") {
		if name == "multus" {
			return true
		}
	}
	return false
}

// ClusterDNS returns the name service's address: the setting, or the tenth address of the service network.
func (c *Config) ClusterDNS() string {
	if set := c.List("cluster-dns"); len(set) > 0 {
		return set[0]
	}
	return NthAddress(c.List("service-cidr")[0], 10)
}

// NthAddress returns the address that lies n above the network's own, or "" for text that is no network.
func NthAddress(cidr string, n int) string {
	_, network, err := net.ParseCIDR(cidr)
	if err != nil {
		return ""
	}
	address := network.IP
	for index := len(address) - 1; index >= 0 && n > 0; index-- {
		n += int(address[index])
		address[index] = byte(n)
		n >>= 8
	}
	return address.String()
}

// Token returns the join token: the setting, or the content of the file it names.
func (c *Config) Token(name string) (string, error) {
	if value := c.Text(name); value != "" {
		return strings.TrimSpace(value), nil
	}
	if path := c.Text(name + "-file"); path != "" {
		content, err := os.ReadFile(path)
		return strings.TrimSpace(string(content)), err
	}
	return "", nil
}

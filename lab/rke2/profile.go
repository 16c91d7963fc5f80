package main

import (
	"fmt"
	"os/user"

	"ironacre.test/lab/rke2/internal/layout"
)

// checkProfile holds what a hardened start needs: kernel settings for cis, and etcd's own user for both profiles.
func checkProfile(profile string) error {
	if profile == "" {
		return nil
	}
	if profile == "cis" {
		for name, wanted := range map[string]string{
			"vm/overcommit_memory": "1", "vm/panic_on_oom": "0", "kernel/panic": "10", "kernel/panic_on_oops": "1",
		} {
			if value := layout.ReadText("/proc/sys/" + name); value != wanted {
				return fmt.Errorf("invalid kernel parameter value %s=%s - expected %s", name, value, wanted)
			}
		}
	}
	if _, err := user.Lookup("etcd"); err != nil {
		return fmt.Errorf("missing required user: %w", err)
	}
	if _, err := user.LookupGroup("etcd"); err != nil {
		return fmt.Errorf("missing required group: %w", err)
	}
	return nil
}

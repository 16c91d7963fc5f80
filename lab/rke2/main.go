// Command rke2 stands in for RKE2 in the rehearsal lab: the same command line, files, ports and join, around the real
// Kubernetes, etcd and containerd. docs/lab-rke2.md says what it imitates and what not.
package main

import (
	"fmt"
	"os"
	"runtime"

	"ironacre.test/lab/rke2/internal/logx"
)

// Set by the linker.
var (
	version = "v0.0.0+rke2r0"
	commit  = "unknown"
)

const usage = `NAME:
   rke2 - Rancher Kubernetes Engine 2 (rehearsal stand-in)

USAGE:
   rke2 [global options] command [command options]

COMMANDS:
   server           Run management server
   agent            Run node agent
   etcd-snapshot    Manage etcd snapshots
   certificate      Manage RKE2 certificates
   token            Manage tokens
   secrets-encrypt  Control secrets encryption and keys rotation
   help             Shows a list of commands
`

func main() {
	commands := map[string]func([]string) error{
		"server": runServer, "agent": runAgent, "etcd-snapshot": runSnapshot, "certificate": runCertificate,
		"token": runToken, "secrets-encrypt": runEncryption,
	}
	name, args := "help", []string{}
	if len(os.Args) > 1 {
		name, args = os.Args[1], os.Args[2:]
	}
	switch name {
	case "-v", "--version", "version":
		fmt.Printf("rke2 version %s (%s)\ngo version %s\n", version, commit, runtime.Version())
		return
	case "help", "-h", "--help":
		fmt.Print(usage)
		return
	}
	command, known := commands[name]
	if !known {
		fmt.Printf("No help topic for '%s'\n", name)
		os.Exit(3)
	}
	if err := command(args); err != nil {
		logx.Fatal("%v", err)
	}
}

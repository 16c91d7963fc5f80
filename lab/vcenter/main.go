// Command vcenter is the lab's stand-in for a VMware vCenter or ESXi host: govmomi's simulator with machines that have
// contents, and with the exports, snapshots and change tracking that an import reads. docs/lab-vcenter.md says what it
// imitates.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"strings"

	"ironacre.test/lab/vcenter/estate"
	"ironacre.test/lab/vcenter/front"
	"ironacre.test/lab/vcenter/vsphere"
)

type settings struct {
	listen, control, public, certificate, key string
	estate, folder, username, passwordFile    string
	esxi                                      bool
	machines                                  int
	seed                                      uint64
}

func main() {
	s := &settings{}
	flags := flag.NewFlagSet("vcenter", flag.ExitOnError)
	flags.StringVar(&s.listen, "listen", "127.0.0.1:8989", "address of the API")
	flags.StringVar(&s.control, "control", "", "address of the control endpoint; none without it")
	flags.StringVar(&s.public, "public", "", "host and port in URLs of exports; the address without it")
	flags.StringVar(&s.certificate, "certificate", "", "certificate, PEM")
	flags.StringVar(&s.key, "key", "", "its private key, PEM")
	flags.StringVar(&s.estate, "estate", "", "JSON file with hosts, datastores, networks, machines")
	flags.StringVar(&s.folder, "folder", "", "folder for datastores and what machines write")
	flags.StringVar(&s.username, "username", "administrator@vsphere.local", "the one user")
	flags.StringVar(&s.passwordFile, "password-file", "", "file with the password")
	flags.BoolVar(&s.esxi, "esxi", false, "be an ESXi host")
	flags.IntVar(&s.machines, "generate", 0, "print an estate of so many machines, and end")
	flags.Uint64Var(&s.seed, "seed", 1, "of the generated estate")
	flags.Parse(os.Args[1:])
	if err := run(s); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(s *settings) error {
	if s.machines > 0 {
		encoder := json.NewEncoder(os.Stdout)
		encoder.SetIndent("", " ")
		return encoder.Encode(estate.Generate(s.machines, s.seed))
	}
	// The simulator keeps files of its own in the folder for temporary files, and a signal leaves them there.
	if err := errors.Join(os.MkdirAll(s.folder, 0o700), os.Setenv("TMPDIR", s.folder)); err != nil {
		return err
	}
	center, err := open(s)
	if err != nil {
		return err
	}
	defer center.Close()
	failed := make(chan error, 2)
	if s.control != "" {
		go func() { failed <- http.ListenAndServe(s.control, front.Control(center)) }()
	}
	go func() { failed <- front.Serve(s.listen, s.certificate, s.key, front.Handler(center)) }()
	fmt.Println("serving", s.listen)
	return <-failed
}

func open(s *settings) (*vsphere.Center, error) {
	found, err := estate.Load(s.estate)
	if err != nil {
		return nil, err
	}
	password, err := os.ReadFile(s.passwordFile)
	if err != nil {
		return nil, err
	}
	thumbprint, err := front.Thumbprint(s.certificate, s.key)
	if err != nil {
		return nil, err
	}
	if s.public == "" {
		s.public = s.listen
	}
	return vsphere.New(vsphere.Options{
		Username: s.username, Password: strings.TrimSpace(string(password)), Public: s.public, Thumbprint: thumbprint,
		Folder: s.folder, ESXi: s.esxi,
	}, found)
}

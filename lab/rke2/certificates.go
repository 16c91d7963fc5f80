package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"text/tabwriter"
	"time"

	"ironacre.test/lab/rke2/internal/config"
	"ironacre.test/lab/rke2/internal/layout"
	"ironacre.test/lab/rke2/internal/logx"
	"ironacre.test/lab/rke2/internal/pki"
	"ironacre.test/lab/rke2/internal/server"
	"ironacre.test/lab/rke2/internal/token"
)

func cutFlag(argument string) (name, value string, has, dashed bool) {
	if !strings.HasPrefix(argument, "-") {
		return "", "", false, false
	}
	name, value, has = strings.Cut(strings.TrimLeft(argument, "-"), "=")
	return name, value, has, true
}

func runCertificate(args []string) error {
	if len(args) == 0 {
		return errors.New("use: rke2 certificate check|rotate")
	}
	given, err := takeOptions(args[1:], []string{"output", "o", "service", "s", "data-dir"}, nil)
	if err != nil {
		return err
	}
	settings, err := config.Read("server", nil, os.Getenv)
	if err != nil {
		return err
	}
	data := layout.Data(first(given.flags["data-dir"], settings.Text("data-dir")))
	switch args[0] {
	case "check":
		return checkCertificates(data, first(given.flags["output"], given.flags["o"]))
	case "rotate":
		return rotateCertificates(settings, data, first(given.flags["service"], given.flags["s"]))
	}
	return fmt.Errorf("No help topic for '%s'", args[0])
}

// state is one certificate as "certificate check" shows it.
type state struct {
	File     string    `json:"filename"`
	Subject  string    `json:"subject"`
	Status   string    `json:"status"`
	Expires  time.Time `json:"notAfter"`
	Residual string    `json:"residualTime"`
}

func checkCertificates(data layout.Data, output string) error {
	states := collect(data, time.Now())
	if output == "json" {
		return json.NewEncoder(os.Stdout).Encode(states)
	}
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "FILENAME\tSUBJECT\tSTATUS\tEXPIRES\tRESIDUAL TIME")
	for _, item := range states {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", item.File, item.Subject, item.Status, item.Expires.Format(time.RFC3339), item.Residual)
	}
	return table.Flush()
}

func collect(data layout.Data, now time.Time) []state {
	states := []state{}
	for _, folder := range []string{data.TLS(), data.Agent()} {
		_ = filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".crt") {
				return nil
			}
			if text, err := os.ReadFile(path); err == nil {
				if certificate, err := pki.ParseCert(text); err == nil {
					states = append(states, describe(data, path, certificate.Subject.CommonName, certificate.NotAfter, now))
				}
			}
			return nil
		})
	}
	sort.Slice(states, func(i, j int) bool { return states[i].File < states[j].File })
	return states
}

func describe(data layout.Data, path, subject string, expires, now time.Time) state {
	status := "OK"
	switch left := expires.Sub(now); {
	case left <= 0:
		status = "EXPIRED"
	case left < 120*24*time.Hour:
		status = "WARNING"
	}
	name, err := filepath.Rel(string(data), path)
	if err != nil {
		name = path
	}
	return state{name, subject, status, expires.UTC(), expires.Sub(now).Round(time.Hour).String()}
}

// rotateCertificates takes the services' certificates away; the next start makes new ones.
func rotateCertificates(settings *config.Config, data layout.Data, services string) error {
	control := &server.Server{Config: settings, Data: data}
	gone, err := control.Rotate(splitWords(services))
	if err != nil {
		return err
	}
	for _, name := range gone {
		logx.Info("Rotated certificate %s", name)
	}
	logx.Info("Successfully backed up certificates, please restart rke2 server or agent to rotate certificates")
	return layout.Write(data.Path("force-restart"), nil, 0o600)
}

func splitWords(text string) []string {
	var words []string
	for _, word := range strings.Split(text, ",") {
		if word = strings.TrimSpace(word); word != "" {
			words = append(words, word)
		}
	}
	return words
}

func runToken(args []string) error {
	if len(args) > 0 && args[0] == "generate" {
		fmt.Println(token.Random(3) + "." + token.Random(8))
		return nil
	}
	if len(args) == 0 || args[0] != "rotate" {
		return errors.New("this stand-in knows: rke2 token generate|rotate")
	}
	given, err := takeOptions(args[1:], []string{"new-token", "token", "t", "data-dir", "server"}, nil)
	if err != nil {
		return err
	}
	return rotateToken(given.flags["new-token"], given.flags["data-dir"])
}

func runEncryption(args []string) error {
	if len(args) == 0 || args[0] != "status" {
		return errors.New("this stand-in knows: rke2 secrets-encrypt status")
	}
	fmt.Println("Encryption Status: Enabled")
	fmt.Println("Current Rotation Stage: start")
	return nil
}

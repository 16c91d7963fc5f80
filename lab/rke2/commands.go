package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"text/tabwriter"
	"time"

	"ironacre.test/lab/rke2/internal/config"
	"ironacre.test/lab/rke2/internal/join"
	"ironacre.test/lab/rke2/internal/layout"
	"ironacre.test/lab/rke2/internal/logx"
	"ironacre.test/lab/rke2/internal/server"
	"ironacre.test/lab/rke2/internal/token"
)

// options are a command's own flags and its other words.
type options struct {
	flags map[string]string
	words []string
}

// takeOptions reads "--name value" and "--name=value"; the names in alone take no value.
func takeOptions(args []string, valued, alone []string) (options, error) {
	found := options{flags: map[string]string{}}
	kinds := map[string]bool{}
	for _, name := range valued {
		kinds[name] = true
	}
	for _, name := range alone {
		kinds[name] = false
	}
	for index := 0; index < len(args); index++ {
		name, value, has, dashed := cutFlag(args[index])
		if !dashed {
			found.words = append(found.words, args[index])
			continue
		}
		takes, known := kinds[name]
		switch {
		case !known:
			return found, fmt.Errorf("flag provided but not defined: -%s", name)
		case !takes && !has:
			value = "true"
		case takes && !has:
			if index++; index >= len(args) {
				return found, fmt.Errorf("flag needs an argument: -%s", name)
			}
			value = args[index]
		}
		found.flags[name] = value
	}
	return found, nil
}

// local returns the settings of the server on this node and a client for its supervisor.
func local(dataDir string) (*config.Config, *join.Client, error) {
	settings, err := config.Read("server", nil, os.Getenv)
	if err != nil {
		return nil, nil, err
	}
	if dataDir != "" {
		settings.Set("data-dir", dataDir)
	}
	data := layout.Data(settings.Text("data-dir"))
	secret, err := token.Parse(layout.ReadText(data.Path("server", "token")), "server")
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w; this command runs on a server node", data.Path("server", "token"), err)
	}
	ca, err := os.ReadFile(data.TLS("server-ca.crt"))
	if err != nil {
		return nil, nil, err
	}
	client, err := join.NewTrusting("https://127.0.0.1:9345", ca, secret)
	return settings, client, err
}

func runSnapshot(args []string) error {
	operation := "save"
	if len(args) > 0 {
		operation, args = args[0], args[1:]
	}
	given, err := takeOptions(args, []string{"name", "dir", "etcd-snapshot-dir", "etcd-snapshot-retention", "snapshot-retention", "o", "output", "data-dir",
		"snapshot-compress"}, []string{"etcd-snapshot-compress"})
	if err != nil {
		return err
	}
	settings, client, err := local(given.flags["data-dir"])
	if err != nil {
		return err
	}
	question := join.SnapshotRequest{Operation: operation, Names: given.words, Dir: first(given.flags["dir"], given.flags["etcd-snapshot-dir"]),
		Compress: given.flags["etcd-snapshot-compress"] == "true"}
	switch operation {
	case "save":
		question.Names = []string{first(given.flags["name"], "on-demand")}
	case "prune":
		question.Names = []string{first(given.flags["name"], settings.Text("etcd-snapshot-name"))}
		keep := first(given.flags["snapshot-retention"], given.flags["etcd-snapshot-retention"], settings.Text("etcd-snapshot-retention"))
		if question.Retention, err = strconv.Atoi(keep); err != nil {
			return err
		}
	case "ls", "l", "list":
		question.Operation = "list"
	case "delete":
		if len(given.words) == 0 {
			return errors.New("no snapshots given for removal")
		}
	default:
		return fmt.Errorf("No help topic for '%s'", operation)
	}
	var answer []server.Snapshot
	if err := client.Call(context.Background(), join.PathSnapshot, question, &answer); err != nil {
		return err
	}
	return printSnapshots(question.Operation, answer, first(given.flags["o"], given.flags["output"]))
}

func printSnapshots(operation string, found []server.Snapshot, output string) error {
	if operation != "list" {
		verb := map[string]string{"save": "saved", "delete": "deleted", "prune": "deleted"}[operation]
		for _, item := range found {
			logx.Info("Snapshot %s %s.", item.Name, verb)
		}
		return nil
	}
	if output == "json" {
		return json.NewEncoder(os.Stdout).Encode(found)
	}
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 1, ' ', 0)
	fmt.Fprintln(table, "Name\tLocation\tSize\tCreated")
	for _, item := range found {
		fmt.Fprintf(table, "%s\t%s\t%d\t%s\n", item.Name, item.Location, item.Size, item.CreatedAt.Format(time.RFC3339))
	}
	return table.Flush()
}

func first(values ...string) string {
	for _, value := range values {
		if value != "" {
			return value
		}
	}
	return ""
}

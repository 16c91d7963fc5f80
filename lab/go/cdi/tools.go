//go:build tools

// Package tools names the upstream programs that the lab builds, so that go.mod keeps what they need.
package tools

import (
	_ "kubevirt.io/containerized-data-importer/cmd/cdi-apiserver"
	_ "kubevirt.io/containerized-data-importer/cmd/cdi-cloner"
	_ "kubevirt.io/containerized-data-importer/cmd/cdi-controller"
	_ "kubevirt.io/containerized-data-importer/cmd/cdi-importer"
	_ "kubevirt.io/containerized-data-importer/cmd/cdi-operator"
	_ "kubevirt.io/containerized-data-importer/cmd/cdi-uploadproxy"
	_ "kubevirt.io/containerized-data-importer/cmd/cdi-uploadserver"
	_ "kubevirt.io/containerized-data-importer/tools/manifest-generator"
)

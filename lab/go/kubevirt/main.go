// Command kubevirt is KubeVirt's control plane in one binary: the program is chosen by the name it is called by.
// The three programs share nearly all their code; one file is a third of the size of three.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"kubevirt.io/kubevirt/pkg/service"
	virt_api "kubevirt.io/kubevirt/pkg/virt-api"
	virt_controller "kubevirt.io/kubevirt/pkg/virt-controller/watch"
	virt_operator "kubevirt.io/kubevirt/pkg/virt-operator"
)

func main() {
	switch name := filepath.Base(os.Args[0]); name {
	case "virt-api":
		app := virt_api.NewVirtApi()
		service.Setup(app)
		app.Execute()
	case "virt-controller":
		virt_controller.Execute()
	case "virt-operator":
		virt_operator.Execute()
	default:
		fmt.Fprintf(os.Stderr, "%s: call me virt-api, virt-controller or virt-operator\n", name)
		os.Exit(2)
	}
}

package node

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"

	"github.com/container-storage-interface/spec/lib/go/csi"
	"google.golang.org/grpc"
	registration "k8s.io/kubelet/pkg/apis/pluginregistration/v1"
)

// registrar tells the kubelet's plugin watcher where the driver's socket is, as seen by the kubelet.
type registrar struct {
	registration.UnimplementedRegistrationServer
	endpoint string
	refused  chan<- error
}

func (r *registrar) GetInfo(context.Context, *registration.InfoRequest) (*registration.PluginInfo, error) {
	return &registration.PluginInfo{
		Type: registration.CSIPlugin, Name: Driver, Endpoint: r.endpoint, SupportedVersions: []string{"1.0.0"},
	}, nil
}

func (r *registrar) NotifyRegistrationStatus(
	_ context.Context, status *registration.RegistrationStatus,
) (*registration.RegistrationStatusResponse, error) {
	if !status.PluginRegistered {
		r.refused <- fmt.Errorf("the kubelet refused the plugin: %s", status.Error)
	}
	return &registration.RegistrationStatusResponse{}, nil
}

// Serve answers on the driver's socket and registers it, until the context ends or the kubelet refuses.
//
// kubelet: the kubelet's root folder, the same path here and on the node.
func Serve(ctx context.Context, plugin *Plugin, kubelet string) error {
	endpoint := filepath.Join(kubelet, "plugins", Driver, "csi.sock")
	failed := make(chan error, 3)
	driver := grpc.NewServer()
	csi.RegisterIdentityServer(driver, plugin)
	csi.RegisterNodeServer(driver, plugin)
	register := grpc.NewServer()
	registration.RegisterRegistrationServer(register, &registrar{endpoint: endpoint, refused: failed})
	listen(driver, endpoint, failed)
	listen(register, filepath.Join(kubelet, "plugins_registry", Driver+"-reg.sock"), failed)
	defer driver.Stop()
	defer register.Stop()
	select {
	case <-ctx.Done():
		return nil
	case err := <-failed:
		return err
	}
}

func listen(server *grpc.Server, path string, failed chan<- error) {
	listener, err := freshSocket(path)
	if err != nil {
		failed <- err
		return
	}
	go func() { failed <- server.Serve(listener) }()
}

// freshSocket listens on a path that a killed predecessor may have left behind.
func freshSocket(path string) (net.Listener, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return nil, err
	}
	if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
		return nil, err
	}
	return net.Listen("unix", path)
}

// Package node is the part that runs on every storage node: a CSI node plugin that binds a volume's folder to where the
// kubelet wants it, and its registration with the kubelet.
package node

import (
	"context"
	"errors"
	"os"

	"github.com/container-storage-interface/spec/lib/go/csi"
	"golang.org/x/sys/unix"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"ironacre.test/lab/longhorn/volumes"
)

// Driver is the name Longhorn's CSI driver has.
const Driver = "driver.longhorn.io"

// Plugin answers the kubelet. The volumes are folders that every storage node has under the same path, so nothing needs
// to be attached or staged.
type Plugin struct {
	csi.UnimplementedIdentityServer
	csi.UnimplementedNodeServer
	Node    string
	Version string
	Store   volumes.Store
}

// GetPluginInfo names the driver.
func (p *Plugin) GetPluginInfo(context.Context, *csi.GetPluginInfoRequest) (*csi.GetPluginInfoResponse, error) {
	return &csi.GetPluginInfoResponse{Name: Driver, VendorVersion: p.Version}, nil
}

// GetPluginCapabilities says nothing, because the controllers do not speak CSI.
func (p *Plugin) GetPluginCapabilities(
	context.Context, *csi.GetPluginCapabilitiesRequest,
) (*csi.GetPluginCapabilitiesResponse, error) {
	return &csi.GetPluginCapabilitiesResponse{}, nil
}

// Probe is always fine: a plugin that cannot answer is not running.
func (p *Plugin) Probe(context.Context, *csi.ProbeRequest) (*csi.ProbeResponse, error) {
	return &csi.ProbeResponse{}, nil
}

// NodeGetInfo gives the name that CSINode keeps for this node.
func (p *Plugin) NodeGetInfo(context.Context, *csi.NodeGetInfoRequest) (*csi.NodeGetInfoResponse, error) {
	return &csi.NodeGetInfoResponse{NodeId: p.Node}, nil
}

// NodeGetCapabilities offers statistics and nothing else.
func (p *Plugin) NodeGetCapabilities(
	context.Context, *csi.NodeGetCapabilitiesRequest,
) (*csi.NodeGetCapabilitiesResponse, error) {
	stats := &csi.NodeServiceCapability_RPC{Type: csi.NodeServiceCapability_RPC_GET_VOLUME_STATS}
	return &csi.NodeGetCapabilitiesResponse{
		Capabilities: []*csi.NodeServiceCapability{{Type: &csi.NodeServiceCapability_Rpc{Rpc: stats}}},
	}, nil
}

// NodePublishVolume binds the volume's folder to the target; a second call changes nothing.
func (p *Plugin) NodePublishVolume(
	_ context.Context, request *csi.NodePublishVolumeRequest,
) (*csi.NodePublishVolumeResponse, error) {
	if request.GetVolumeCapability().GetBlock() != nil {
		return nil, status.Error(codes.InvalidArgument, BlockRefusal)
	}
	source, err := p.Store.Data(request.GetVolumeId())
	if err != nil {
		return nil, status.Error(codes.InvalidArgument, err.Error())
	}
	if _, err := os.Stat(source); err != nil {
		return nil, status.Errorf(codes.NotFound, "%s: the volume's folder is missing on node %s", source, p.Node)
	}
	if err := bind(source, request.GetTargetPath(), request.GetReadonly()); err != nil {
		return nil, status.Errorf(codes.Internal, "%s: %v", request.GetTargetPath(), err)
	}
	return &csi.NodePublishVolumeResponse{}, nil
}

// BlockRefusal says why a raw block volume is not to be had here.
const BlockRefusal = "volumeMode Block: the Longhorn stand-in keeps volumes as folders; ask for volumeMode Filesystem"

func bind(source, target string, readonly bool) error {
	if err := os.MkdirAll(target, 0o750); err != nil {
		return err
	}
	mounted, err := isMountPoint(target)
	if err != nil || mounted {
		return err
	}
	if err := unix.Mount(source, target, "", unix.MS_BIND, ""); err != nil {
		return err
	}
	if !readonly {
		return nil
	}
	return unix.Mount("", target, "", unix.MS_BIND|unix.MS_REMOUNT|unix.MS_RDONLY, "")
}

// isMountPoint asks the kernel: a bind mount of the same file system has the same device number as its parent.
func isMountPoint(path string) (bool, error) {
	var found unix.Statx_t
	if err := unix.Statx(unix.AT_FDCWD, path, unix.AT_SYMLINK_NOFOLLOW, 0, &found); err != nil {
		return false, err
	}
	return found.Attributes&unix.STATX_ATTR_MOUNT_ROOT != 0, nil
}

// NodeUnpublishVolume takes the bind away; a target that is gone is no error.
func (p *Plugin) NodeUnpublishVolume(
	_ context.Context, request *csi.NodeUnpublishVolumeRequest,
) (*csi.NodeUnpublishVolumeResponse, error) {
	target := request.GetTargetPath()
	// EINVAL: the folder is there and nothing is mounted on it, as after a node's restart.
	if err := unix.Unmount(target, 0); err != nil && !errors.Is(err, unix.EINVAL) && !errors.Is(err, unix.ENOENT) {
		return nil, status.Errorf(codes.Internal, "%s: %v", target, err)
	}
	if err := os.Remove(target); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, status.Errorf(codes.Internal, "%s: %v", target, err)
	}
	return &csi.NodeUnpublishVolumeResponse{}, nil
}

// NodeGetVolumeStats reports the shared file system: a volume's folder has no size of its own.
func (p *Plugin) NodeGetVolumeStats(
	_ context.Context, request *csi.NodeGetVolumeStatsRequest,
) (*csi.NodeGetVolumeStatsResponse, error) {
	size, free, err := p.Store.Space()
	if err != nil {
		return nil, status.Error(codes.Internal, err.Error())
	}
	usage := &csi.VolumeUsage{Unit: csi.VolumeUsage_BYTES, Total: size, Available: free, Used: size - free}
	return &csi.NodeGetVolumeStatsResponse{Usage: []*csi.VolumeUsage{usage}}, nil
}

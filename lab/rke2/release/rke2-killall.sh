#!/bin/sh
# Ends everything RKE2 runs on this node and takes back what it did to mounts, interfaces and packet filters.
[ "$(id -u)" -eq 0 ] || { echo "$(basename "$0"): must be run as root" >&2; exit 1; }

data_dir=${RKE2_DATA_DIR:-/var/lib/rancher/rke2}

stop_services() {
    for unit in rke2-server.service rke2-agent.service; do
        systemctl stop "$unit" 2>/dev/null
    done
}

# Prints the shims of this data folder; a pod's processes are a shim's children.
shims() {
    for exe in /proc/[0-9]*/exe; do
        case $(readlink "$exe" 2>/dev/null) in
        "$data_dir"/data/*/bin/containerd-shim*) pid=${exe%/exe}; echo "${pid#/proc/}" ;;
        esac
    done
}

descendants() {
    for parent in "$@"; do
        echo "$parent"
        for children in /proc/"$parent"/task/*/children; do
            # shellcheck disable=SC2046 -- the file is a list of numbers
            [ -r "$children" ] && descendants $(cat "$children")
        done
    done
}

kill_pods() {
    # Static pods come back as long as their manifest is there.
    rm -f "$data_dir"/agent/pod-manifests/*.yaml
    # shellcheck disable=SC2046 -- lists of numbers
    set -- $(descendants $(shims))
    [ $# -eq 0 ] || kill -9 "$@" 2>/dev/null
}

# Unmounts everything below the folder, the deepest first.
unmount_below() {
    awk -v below="$1" 'index($2, below) == 1 {print $2}' /proc/self/mounts | sort -r | while read -r mount; do
        umount "$mount" 2>/dev/null || umount -l "$mount"
    done
}

remove_interfaces() {
    ip -o link show master cni0 2>/dev/null | awk -F': ' '{print $2}' | cut -d@ -f1 | while read -r name; do
        ip link delete "$name" 2>/dev/null
    done
    for name in cni0 flannel.1 flannel.4096 flannel-v6.1 vxlan.calico cilium_host cilium_net cilium_vxlan kube-ipvs0; do
        ip link delete "$name" 2>/dev/null
    done
    ip route flush proto 157 2>/dev/null
    ip -o netns list 2>/dev/null | awk '/^cni-/ {print $1}' | while read -r name; do ip netns delete "$name"; done
}

clean_filters() {
    for tool in iptables ip6tables; do
        command -v "$tool-save" >/dev/null || continue
        "$tool-save" | grep -v -e KUBE- -e CNI- -e cali -e CILIUM_ -e flannel | "$tool-restore"
    done
}

stop_services
kill_pods
unmount_below /run/k3s
unmount_below /var/lib/kubelet/pods
unmount_below /run/netns/cni-
rm -rf /run/k3s /run/netns/cni-*
remove_interfaces
clean_filters
exit 0

#!/bin/sh
# Takes RKE2 off this node: programs, units, configuration, data. Volumes below /var/lib/longhorn stay.
[ "$(id -u)" -eq 0 ] || { echo "$(basename "$0"): must be run as root" >&2; exit 1; }

prefix=/usr/local
data_dir=${RKE2_DATA_DIR:-/var/lib/rancher/rke2}

RKE2_DATA_DIR=$data_dir "$prefix/bin/rke2-killall.sh"

for unit in rke2-server rke2-agent; do
    systemctl disable "$unit.service" 2>/dev/null
    systemctl reset-failed "$unit.service" 2>/dev/null
    for folder in "$prefix/lib/systemd/system" /etc/systemd/system /usr/lib/systemd/system; do
        rm -f "$folder/$unit.service" "$folder/$unit.env"
    done
done
systemctl daemon-reload

rm -rf "$prefix/share/rke2" /etc/rancher/rke2 /etc/rancher/node /etc/cni /opt/cni/bin /var/lib/cni
rm -rf /var/log/pods /var/log/containers /var/log/calico /var/lib/kubelet/* "${data_dir:?}"
rmdir /etc/rancher 2>/dev/null
rm -f "$prefix/bin/rke2" "$prefix/bin/rke2-killall.sh" "$prefix/bin/rke2-uninstall.sh"
exit 0

# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The keys RKE2 knows in config.yaml. It skips unknown ones without an error, so a typo must be found before.

Source: RKE2's reference of the server and the agent, of 1.33 to 1.36. This module util is private to the collection.
"""

from __future__ import annotations

_AGENT = """
audit-policy-file bind-address cloud-controller-manager-extra-env cloud-controller-manager-extra-mount
cloud-controller-manager-image cloud-provider-config cloud-provider-name container-runtime-endpoint
control-plane-probe-configuration control-plane-resource-limits control-plane-resource-requests data-dir debug
default-runtime disable-default-registry-endpoint enable-pprof etcd-extra-env etcd-extra-mount etcd-image
image-credential-provider-bin-dir image-credential-provider-config image-service-endpoint kube-apiserver-extra-env
kube-apiserver-extra-mount kube-apiserver-image kube-controller-manager-extra-env
kube-controller-manager-extra-mount kube-controller-manager-image kube-proxy-arg kube-proxy-extra-env
kube-proxy-extra-mount kube-proxy-image kube-scheduler-extra-env kube-scheduler-extra-mount kube-scheduler-image
kubelet-arg kubelet-path lb-server-port node-external-dns node-external-ip node-internal-dns node-ip node-label
node-name node-taint nonroot-devices pause-image pod-security-admission-config-file prefer-bundled-bin
private-registry profile protect-kernel-defaults resolv-conf runtime-image selinux server snapshotter
system-default-registry token token-file vpn-auth vpn-auth-file with-node-id
"""
AGENT_KEYS = frozenset(_AGENT.split())
_SERVER = """
advertise-address agent-token agent-token-file cluster-cidr cluster-dns cluster-domain cluster-reset
cluster-reset-restore-path cni datastore-cafile datastore-certfile datastore-endpoint datastore-keyfile disable
disable-apiserver disable-cloud-controller disable-controller-manager disable-etcd disable-kube-proxy
disable-scheduler egress-selector-mode embedded-registry enable-servicelb etcd-arg etcd-disable-snapshots
etcd-expose-metrics etcd-s3 etcd-s3-access-key etcd-s3-bucket etcd-s3-bucket-lookup-type etcd-s3-config-secret
etcd-s3-endpoint etcd-s3-endpoint-ca etcd-s3-folder etcd-s3-insecure etcd-s3-proxy etcd-s3-region etcd-s3-retention
etcd-s3-secret-key etcd-s3-session-token etcd-s3-skip-ssl-verify etcd-s3-timeout etcd-snapshot-compress
etcd-snapshot-dir etcd-snapshot-name etcd-snapshot-reconcile-interval etcd-snapshot-retention
etcd-snapshot-schedule-cron helm-job-image ingress-controller kine-tls kube-apiserver-arg
kube-cloud-controller-manager-arg kube-controller-manager-arg kube-scheduler-arg secrets-encryption-provider
service-cidr service-node-port-range servicelb-namespace supervisor-metrics tls-san tls-san-security
write-kubeconfig write-kubeconfig-group write-kubeconfig-mode
"""
SERVER_KEYS = AGENT_KEYS | frozenset(_SERVER.split())
# Every server must have the same value, else it cannot join.
CRITICAL_KEYS = (
    "agent-token",
    "cluster-cidr",
    "cluster-dns",
    "cluster-domain",
    "disable-cloud-controller",
    "disable-kube-proxy",
    "egress-selector-mode",
    "service-cidr",
)
# A cluster keeps for its life what it was created with.
IMMUTABLE_KEYS = ("cluster-cidr", "service-cidr", "cni", "data-dir", "cluster-domain")
SECRET_KEYS = (
    "token",
    "agent-token",
    "etcd-s3-access-key",
    "etcd-s3-secret-key",
    "etcd-s3-session-token",
    "datastore-endpoint",
    "vpn-auth",
)
# Keys of k3s that people carry over; RKE2 has no such thing or does it always.
FOREIGN_KEYS = {
    "cluster-init": "RKE2 always starts its own etcd; remove it",
    "secrets-encryption": "RKE2 always encrypts secrets; remove it",
    "flannel-backend": "choose a network with cni",
    "https-listen-port": "RKE2's port is fixed; remove it",
    "disable-network-policy": "remove it",
    "disable-helm-controller": "remove it",
    "docker": "RKE2 brings containerd; remove it",
    "rootless": "remove it",
}
PRIMARY_CNIS = ("canal", "calico", "cilium", "flannel", "none")
PROFILES = ("cis", "etcd")

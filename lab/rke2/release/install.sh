#!/bin/sh
# Installs RKE2's release archive on this node, without network: INSTALL_RKE2_ARTIFACT_PATH names a folder with
# rke2.linux-amd64.tar.gz, sha256sum-amd64.txt and, if there are any, rke2-images*.linux-amd64.tar.* archives.
# Honoured: INSTALL_RKE2_{TYPE,METHOD,VERSION,TAR_PREFIX,ARTIFACT_PATH,AGENT_IMAGES_DIR,SKIP_RELOAD}.
# It neither enables nor starts a unit.
set -e

info() { echo "[INFO]  $*" >&2; }
fatal() { echo "[ERROR] $*" >&2; exit 1; }

type=${INSTALL_RKE2_TYPE:-server}
artifacts=${INSTALL_RKE2_ARTIFACT_PATH:-}
images=${INSTALL_RKE2_AGENT_IMAGES_DIR:-/var/lib/rancher/rke2/agent/images}
archive=rke2.linux-amd64.tar.gz
sums=sha256sum-amd64.txt

check_wishes() {
    [ "$(id -u)" -eq 0 ] || fatal "must be run as root"
    case $type in server|agent) ;; *) fatal "INSTALL_RKE2_TYPE must be server or agent, not $type" ;; esac
    [ "${INSTALL_RKE2_METHOD:-tar}" = tar ] || fatal "this stand-in knows the method tar only"
    [ -n "$artifacts" ] || fatal "INSTALL_RKE2_ARTIFACT_PATH is not set, and there is no network to load from"
    [ -f "$artifacts/$archive" ] || fatal "$artifacts/$archive does not exist"
    [ -f "$artifacts/$sums" ] || fatal "$artifacts/$sums does not exist"
}

# The prefix is /usr/local, unless that is read-only or a file system of its own.
choose_prefix() {
    prefix=${INSTALL_RKE2_TAR_PREFIX:-}
    [ -n "$prefix" ] && return
    prefix=/usr/local
    if [ ! -w "$prefix" ] || mountpoint -q "$prefix"; then
        prefix=/opt/rke2
    fi
}

verify() {
    wanted=$(awk -v name="$1" '$2 == name {print $1}' "$artifacts/$sums")
    [ -n "$wanted" ] || fatal "$sums does not name $1"
    [ "$(sha256sum "$artifacts/$1" | cut -d' ' -f1)" = "$wanted" ] || fatal "download sha256 does not match $wanted, got another for $1"
}

unpack() {
    info "unpacking $archive to $prefix"
    mkdir -p "$prefix"
    # A program that runs cannot be written to; unpacking beside it and renaming can replace it.
    tar -xzf "$artifacts/$archive" -C "$prefix" --unlink-first --no-same-owner
    [ "$prefix" = /usr/local ] && return
    mkdir -p /etc/systemd/system
    sed -i "s|/usr/local|$prefix|g" "$prefix"/lib/systemd/system/rke2-*.service "$prefix/bin/rke2-uninstall.sh"
    mv -f "$prefix"/lib/systemd/system/rke2-*.service /etc/systemd/system/
}

copy_images() {
    for file in "$artifacts"/rke2-images*.linux-amd64.tar*; do
        [ -f "$file" ] || continue
        verify "$(basename "$file")"
        mkdir -p "$images"
        info "installing $(basename "$file") to $images"
        cp -p "$file" "$images/"
    done
}

check_wishes
choose_prefix
info "verifying $archive"
verify "$archive"
unpack
copy_images
[ "${INSTALL_RKE2_SKIP_RELOAD:-false}" = true ] || systemctl daemon-reload

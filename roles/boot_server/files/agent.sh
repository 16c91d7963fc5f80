#!/bin/sh
# Installs the image a boot server names onto the disk it approves. Runs in a ramdisk as the last program; every end is
# a restart or a power off. Environment: AGENT_MAC, AGENT_URL (the machine's own address on the boot server).
# It decides nothing: disks, data on them and identity are told to the server, which answers with one disk or with none.

LOG=/run/agent.log

say() { echo "agent[$(cut -d' ' -f1 /proc/uptime)]: $*" | tee -a "$LOG"; }

# post PATH FILE: print the answer. The server may restart meanwhile, so a refused connection is asked again.
post() { curl -fsS -m 30 --retry 8 --retry-delay 2 --retry-connrefused --data-binary "@$2" "$AGENT_URL/$1" 2>>"$LOG"; }

event() {
    printf '%s' "$2" >"/run/event.$1"
    post "event/$1" "/run/event.$1" >/dev/null || say "event $1 could not be told"
}

switch_off() {
    say "$*"
    post log "$LOG" >/dev/null
    sync
    poweroff -f
    exit 1
}

fail() {
    event failed "$*"
    switch_off "FAILED: $*"
}

# --- inspection: lines of kind, subject, key, value

tell() { printf '%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "$(printf '%s' "$4" | tr '\t\n\r' '   ')"; }

first_of() {
    for file in "$@"; do
        [ -r "$file" ] && tr -d '\0' <"$file" && return
    done
}

tell_system() {
    for key in serial uuid name; do
        tell system - "$key" "$(first_of "/sys/class/dmi/id/product_$key")"
    done
    tell system - mac "$AGENT_MAC"
    tell system - firmware "$([ -d /sys/firmware/efi ] && echo uefi || echo bios)"
    tell system - cpus "$(grep -c ^processor /proc/cpuinfo)"
    tell system - memory_kib "$(awk '/^MemTotal/ {print $2}' /proc/meminfo)"
}

tell_nics() {
    for nic in /sys/class/net/*; do
        [ -e "$nic/device" ] || continue
        for key in address carrier speed; do
            tell nic "${nic##*/}" "$key" "$(cat "$nic/$key" 2>/dev/null)"
        done
        tell nic "${nic##*/}" driver "$(basename "$(readlink "$nic/device/driver")")"
        tell nic "${nic##*/}" pci "$(basename "$(readlink -f "$nic/device")")"
    done
}

disks() {
    for block in /sys/block/*; do
        case ${block##*/} in loop* | ram* | sr* | fd* | dm-* | md* | zram* | nbd*) continue ;; esac
        [ "$(cat "$block/size")" -gt 0 ] && [ "$(cat "$block/ro")" = 0 ] && [ "$(cat "$block/removable")" = 0 ] || continue
        echo "${block##*/}"
    done
}

bus_of() {
    case $(readlink -f "/sys/block/$1") in
    */nvme/*) echo nvme ;;
    */usb*) echo usb ;;
    */virtio*) echo virtio ;;
    */ata*) echo sata ;;
    *) echo scsi ;;
    esac
}

# The bus address below which udev would name the disk in /dev/disk/by-path.
path_of() { readlink -f "/sys/block/$1/device" | grep -o '[0-9a-f]\{4\}:[0-9a-f]\{2\}:[0-9a-f]\{2\}\.[0-7]' | tail -n 1; }

serial_of() {
    device=/sys/block/$1
    if [ -r "$device/device/vpd_pg80" ] && [ ! -r "$device/device/serial" ]; then
        tail -c +5 "$device/device/vpd_pg80" | tr -d '\0'
    else
        first_of "$device/serial" "$device/device/serial"
    fi
}

tell_disk() {
    device=/sys/block/$1
    tell disk "$1" size "$(($(cat "$device/size") * 512))"
    tell disk "$1" serial "$(serial_of "$1")"
    tell disk "$1" wwn "$(first_of "$device/wwid" "$device/device/wwid")"
    for key in model vendor; do
        tell disk "$1" "$key" "$(first_of "$device/device/$key")"
    done
    tell disk "$1" rotational "$(cat "$device/queue/rotational")"
    tell disk "$1" bus "$(bus_of "$1")"
    tell disk "$1" hctl "$(basename "$(readlink -f "$device/device")" | grep '^[0-9]*:[0-9]*:[0-9]*:[0-9]*$')"
    path=$(path_of "$1")
    [ -z "$path" ] || tell disk "$1" by_path "pci-$path"
    for place in "$1" $(cd "$device" && ls -d "$1"?* 2>/dev/null); do
        [ "$place" != "$1" ] && [ ! -e "$device/$place/partition" ] || tell_signatures "$1" "$place"
    done
    sfdisk -d "/dev/$1" 2>/dev/null | sed -n 's|^/dev/\([^ ]*\) : .*type=\([-0-9A-Fa-f]*\).*|\2 \1|p' | while read -r type place; do
        tell disk "$1" signature "part:$type@$place"
    done
}

# tell_signatures DISK PLACE: what lies there, `data` for bytes nobody knows, `unreadable` when it cannot be seen.
tell_signatures() {
    if ! types=$(wipefs --noheadings --output TYPE "/dev/$2" 2>/dev/null); then
        tell disk "$1" signature "unreadable@$2"
    elif [ -n "$types" ]; then
        for type in $types; do tell disk "$1" signature "$type@$2"; done
    else
        edges=$(bytes_at_edges "$2") || edges=unreadable
        [ "$edges" = 0 ] || tell disk "$1" signature "$([ "$edges" = unreadable ] && echo unreadable || echo data)@$2"
    fi
}

# bytes_at_edges PLACE: 0 when the first and the last MiB are zero.
bytes_at_edges() {
    sectors=$(cat "/sys/class/block/$1/size")
    last=$((sectors > 2048 ? sectors - 2048 : 0))
    for skip in 0 "$last"; do
        dd if="/dev/$1" bs=512 count=2048 skip="$skip" of=/run/edge 2>/dev/null || return 1
        [ "$(tr -d '\0' </run/edge | head -c 1 | wc -c)" = 0 ] || { echo 1; return 0; }
    done
    echo 0
}

inspect() {
    tell_system
    tell_nics
    for disk in $(disks); do tell_disk "$disk"; done
}

# --- the orders: KEY value per line, read and never evaluated

read_orders() {
    ACTION='' REASON='' DISK='' IMAGE_FILE='' IMAGE_SHA256='' IMAGE_SIZE=0
    while read -r key value; do
        case $key in
        ACTION) ACTION=$value ;;
        REASON) REASON=$value ;;
        DISK) DISK=$value ;;
        IMAGE_FILE) IMAGE_FILE=$value ;;
        IMAGE_SHA256) IMAGE_SHA256=$value ;;
        IMAGE_SIZE) IMAGE_SIZE=$value ;;
        esac
    done <"$1"
}

# --- the image

# every_few_seconds STAGE COMMAND...: tell how far it is while something else runs; end it with `quiet`.
every_few_seconds() {
    stage=$1
    shift
    while sleep 4; do event "$stage" "$("$@")"; done &
    TELLER=$!
}

quiet() {
    kill "$TELLER" 2>/dev/null
    wait "$TELLER" 2>/dev/null
}

fits_in_memory() {
    available=$(awk '/^MemAvailable/ {print $2}' /proc/meminfo)
    [ "$IMAGE_SIZE" -gt 0 ] && [ $((IMAGE_SIZE * 3 / 2048)) -lt "$available" ]
}

unpack() {
    case $IMAGE_FILE in
    *.zst) zstd -dcq ;;
    *.gz | *.gzip) gzip -dc ;;
    *) cat ;;
    esac
}

downloaded() { echo "$(($(stat -c %s /image/file 2>/dev/null || echo 0) / 1048576)) MiB of $((IMAGE_SIZE / 1048576))"; }

written() { awk '{printf "%d MiB written\n", $7 / 2048}' "/sys/block/${DISK##*/}/stat"; }

check() { [ "$1" = "$IMAGE_SHA256" ] || fail "checksum of $IMAGE_FILE is $1, declared is $IMAGE_SHA256; $2"; }

# Without holes: what a disk held before must not show through where the image has zeros. Only where the disk can be
# told to read as zeros are they left out.
prepare_disk() {
    sectors=$(cat "/sys/block/${DISK##*/}/size")
    for seek in 0 $((sectors / 2048 - 4)); do
        dd if=/dev/zero of="$DISK" bs=1M count=4 seek="$seek" conv=notrunc 2>/dev/null || true
    done
    HOLES=
    raw=$(zstd -lv /image/file 2>/dev/null | sed -n 's/^Decompressed Size:.*(\([0-9]*\) B).*/\1/p')
    offload=$(cat "/sys/block/${DISK##*/}/queue/write_zeroes_max_bytes" 2>/dev/null || echo 0)
    if [ -n "$raw" ] && [ "$offload" -gt 0 ] && blkdiscard -f -z -l "$raw" "$DISK" 2>>"$LOG"; then
        HOLES=conv=sparse
    fi
}

write_disk() {
    # shellcheck disable=SC2086
    unpack | "$DD" of="$DISK" bs=1M iflag=fullblock oflag=direct $HOLES 2>>"$LOG"
}

install_from_memory() {
    mkdir -p /image
    mount -t tmpfs -o size=95% tmpfs /image
    event downloading "into memory, $((IMAGE_SIZE / 1048576)) MiB"
    every_few_seconds downloading downloaded
    curl -fsS --retry 5 --retry-delay 2 --retry-connrefused -C - -o /image/file "$AGENT_URL/image" 2>>"$LOG"
    result=$?
    quiet
    [ $result = 0 ] || fail "the image could not be fetched (curl $result); nothing was written"
    check "$(sha256sum /image/file | cut -d' ' -f1)" "nothing was written"
    event verified "$IMAGE_SHA256"
    prepare_disk
    event writing "$DISK"
    say "writing $DISK"
    every_few_seconds writing written
    write_disk </image/file
    result=$?
    quiet
    [ $result = 0 ] || fail "the image could not be written: $(tail -n 1 "$LOG")"
    umount /image
}

# Too large for the memory: verified after the fact, and made unbootable when it is wrong.
install_streaming() {
    HOLES=
    mkfifo /run/copy
    sha256sum </run/copy >/run/sum &
    event writing "$DISK, streamed"
    every_few_seconds writing written
    curl -fsS "$AGENT_URL/image" 2>>"$LOG" | tee /run/copy | write_disk
    result=$?
    quiet
    wait
    if [ $result != 0 ] || [ "$(cut -d' ' -f1 /run/sum)" != "$IMAGE_SHA256" ]; then
        dd if=/dev/zero of="$DISK" bs=1M count=4 2>/dev/null
    fi
    [ $result = 0 ] || fail "the image could not be streamed: $(tail -n 1 "$LOG")"
    check "$(cut -d' ' -f1 /run/sum)" "the disk was made unbootable again"
}

# --- the installed system

partition_path() {
    case $1 in
    *[0-9]) echo "${1}p$2" ;;
    *) echo "$1$2" ;;
    esac
}

last_partition() {
    sfdisk -d "$DISK" | sed -n 's|^/dev/[^ ]*[^0-9]\([0-9]*\) : start= *\([0-9]*\),.*|\2 \1|p' | sort -n | tail -n 1 | cut -d' ' -f2
}

grow() {
    sgdisk -e "$DISK" >>"$LOG" 2>&1
    number=$(last_partition)
    [ -n "$number" ] || fail "the image has no partition"
    echo ', +' | sfdisk -q --no-reread --force -N "$number" "$DISK" >>"$LOG" 2>&1 || say "partition $number was not grown"
    blockdev --rereadpt "$DISK" 2>>"$LOG"
    ROOT=$(partition_path "$DISK" "$number")
    tries=50
    while [ ! -b "$ROOT" ] && [ $tries -gt 0 ]; do
        tries=$((tries - 1))
        sleep 0.2
    done
    [ -b "$ROOT" ] || fail "the partition $ROOT does not appear"
    [ "$(blkid -o value -s TYPE "$ROOT")" = ext4 ] || return 0
    e2fsck -fp "$ROOT" >>"$LOG" 2>&1
    [ $? -le 1 ] || fail "the file system of $ROOT is damaged: $(tail -n 1 "$LOG")"
    resize2fs "$ROOT" >>"$LOG" 2>&1 || say "the file system of $ROOT was not grown"
}

configure() {
    mkdir -p /mnt
    mount "$ROOT" /mnt 2>>"$LOG" || mount -t ext4 "$ROOT" /mnt || fail "$ROOT cannot be mounted"
    curl -fsS --retry 5 --retry-connrefused -o /run/overlay.tar "$AGENT_URL/overlay.tar" 2>>"$LOG" || fail "the node's files could not be fetched"
    tar -C /mnt -xpf /run/overlay.tar || fail "the node's files could not be written"
    sync
    umount /mnt || fail "$ROOT could not be unmounted"
}

main() {
    : >"$LOG"
    # shellcheck disable=SC3040 # busybox has it, and without it a broken download would look like a written image
    set -o pipefail
    DD='dd'
    ! command -v gdd >/dev/null || DD='gdd'
    say "inspecting"
    inspect >/run/inspection
    post inspection /run/inspection >/run/orders || switch_off "the boot server did not answer the inspection"
    read_orders /run/orders
    [ "$ACTION" = install ] || switch_off "refused: $REASON"
    say "installing $IMAGE_FILE on $DISK"
    if fits_in_memory; then install_from_memory; else install_streaming; fi
    event written "$(tail -n 1 "$LOG")"
    grow
    configure
    event configured "$ROOT"
    say "finished"
    post log "$LOG" >/dev/null
    event finished "uptime $(cut -d' ' -f1 /proc/uptime)"
    sync
    reboot -f
}

# Sourced by the tests, run by the ramdisk.
[ -n "${AGENT_TEST:-}" ] || main

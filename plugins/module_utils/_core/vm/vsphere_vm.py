# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Properties of a vSphere machine -> the canonical one.

Properties are a mapping of leaf path -> plain value (see vsphere_devices.py for devices); a path that the machine does
not have is missing. This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .guests import family_of
from .hardware import generation_id
from .model import Cpu, Guest, Vm
from .vsphere_devices import Device, disks_of, has_parent, kind, labels_of, nics_of, used_of
from .vsphere_fence import fence_of

Properties = Mapping[str, Any]
_POWER = {"poweredOn": "on", "poweredOff": "off", "suspended": "suspended"}
_TOOLS = {"guestToolsRunning": "running", "guestToolsExecutingScripts": "running", "guestToolsNotRunning": "notrunning"}
_FAMILIES = {"windowsGuest": "windows", "linuxGuest": "linux"}
_USB = ("VirtualUSB",)
_PCI = ("VirtualPCIPassthrough",)


def vm_of(ref: str, found: Properties, networks: Mapping[str, str], source: Mapping[str, str]) -> Vm:
    """The machine. networks: names by identifier. source: type, datacenter, cluster, host and folder."""
    devices: Sequence[Device] = found.get("config.hardware.device") or ()
    snapshots = tuple(snapshot_names(found.get("snapshot.rootSnapshotList") or ()))
    fence = fence_of(found.get("config.extraConfig") or ())
    used = used_of(found.get("layoutEx.disk") or (), found.get("layoutEx.file") or ())
    connected = {key: plug.start_connected for key, plug in fence.plugs.items()} if fence else {}
    return Vm(
        name=unescape(str(found.get("name") or ref)),
        id=ref,
        uuid=str(found.get("config.uuid") or "").lower(),
        cpu=_cpu(found),
        memory_mib=int(found.get("config.hardware.memoryMB") or 0),
        power=_POWER.get(str(found.get("runtime.powerState")), "unknown"),
        template=bool(found.get("config.template")),
        tools=_tools(found),
        guest=_guest(found),
        firmware="efi" if found.get("config.firmware") == "efi" else "bios",
        secure_boot=bool(found.get("config.bootOptions.efiSecureBootEnabled")),
        tpm=any(kind(device) == "VirtualTPM" for device in devices),
        disks=tuple(disks_of(devices, used, bool(found.get("config.changeTrackingEnabled")))),
        nics=tuple(nics_of(devices, networks, addresses_of(found.get("guest.net") or ()), connected)),
        cdroms=labels_of([device for device in devices if _loaded(device)], ("VirtualCdrom",)),
        usb=labels_of(devices, _USB),
        pci=labels_of(devices, _PCI),
        snapshots=snapshots,
        source=dict(source),
        extra=dict(_extra(found, devices, bool(snapshots))),
    )


def unescape(name: str) -> str:
    """Names of vSphere write slash, backslash and percent as %2f, %5c and %25."""
    for code, sign in (("%2f", "/"), ("%2F", "/"), ("%5c", "\\"), ("%5C", "\\"), ("%25", "%")):
        name = name.replace(code, sign)
    return name


def snapshot_names(trees: Sequence[Device]) -> Iterator[str]:
    """Names of all snapshots, the older ones first."""
    for tree in trees:
        yield str(tree.get("name") or "")
        yield from snapshot_names(tree.get("childSnapshotList") or ())


def addresses_of(interfaces: Sequence[Device]) -> dict[str, tuple[str, ...]]:
    """Addresses as CIDR by key of the interface; link-local ones make themselves and are left out."""
    found: dict[str, tuple[str, ...]] = {}
    for interface in interfaces:
        entries = (interface.get("ipConfig") or {}).get("ipAddress") or ()
        texts = [f"{entry.get('ipAddress')}/{entry.get('prefixLength')}" for entry in entries]
        kept = tuple(text for text in texts if not text.lower().startswith(("fe80:", "169.254.")))
        if int(interface.get("deviceConfigId") or -1) > 0:
            found[str(interface["deviceConfigId"])] = kept
    return found


def _cpu(found: Properties) -> Cpu:
    return Cpu(
        int(found.get("config.hardware.numCPU") or 0),
        int(found.get("config.hardware.numCoresPerSocket") or 0),
        bool(found.get("config.cpuHotAddEnabled")),
    )


def _tools(found: Properties) -> str:
    if found.get("guest.toolsVersionStatus2") == "guestToolsNotInstalled":
        return "notinstalled"
    return _TOOLS.get(str(found.get("guest.toolsRunningStatus")), "unknown")


def _guest(found: Properties) -> Guest:
    identifier, name = str(found.get("config.guestId") or ""), str(found.get("config.guestFullName") or "")
    seen = _FAMILIES.get(str(found.get("guest.guestFamily")), "")
    return Guest(identifier, name, seen or family_of(identifier, name))


def _loaded(device: Device) -> bool:
    """True for a drive with something in it; an empty drive is no loss."""
    plug = device.get("connectable") or {}
    return bool(plug.get("connected") or plug.get("startConnected"))


def _extra(found: Properties, devices: Sequence[Device], snapshots: bool) -> Iterator[tuple[str, Any]]:
    """What the rules of an assessment ask for, and what an operator may want to see."""
    values = {str(entry.get("key")).lower(): entry.get("value") for entry in found.get("config.extraConfig") or ()}
    yield "instance_uuid", str(found.get("config.instanceUuid") or "").lower()
    yield "hardware_version", str(found.get("config.version") or "")
    yield "annotation", str(found.get("config.annotation") or "")
    yield "cbt", bool(found.get("config.changeTrackingEnabled"))
    yield "encrypted", bool(found.get("config.keyId"))
    yield "consolidation_needed", bool(found.get("runtime.consolidationNeeded"))
    yield "fault_tolerance", str(found.get("runtime.faultToleranceState") or "notConfigured") != "notConfigured"
    yield "affinity", bool(found.get("config.cpuAffinity.affinitySet"))
    yield "numa_affinity", bool(str(values.get("numa.nodeaffinity") or "").strip())
    yield "nested", bool(found.get("config.nestedHVEnabled"))
    yield "memory_hotadd", bool(found.get("config.memoryHotAddEnabled"))
    yield "sriov", any(kind(device) == "VirtualSriovEthernetCard" for device in devices)
    # Below a snapshot every disk has a parent; without one it is another machine's disk.
    yield "linked_clone", not snapshots and any(map(has_parent, devices))
    yield "disk_enable_uuid", str(values.get("disk.enableuuid") or "").lower() in ("true", "1")
    yield "generation_id", generation_id(str(values.get("vm.genid") or ""), str(values.get("vm.genidx") or ""))
    yield "reachable", str(found.get("runtime.connectionState") or "connected") == "connected"
    yield from _guest_extra(found)


def _guest_extra(found: Properties) -> Iterator[tuple[str, Any]]:
    if found.get("runtime.powerState") != "poweredOn" or _tools(found) != "running":
        return
    yield "hostname", str(found.get("guest.hostName") or "")
    yield (
        "file_systems",
        [
            {
                "path": str(disk.get("diskPath")),
                "capacity": int(disk.get("capacity") or 0),
                "free": int(disk["freeSpace"]),
            }
            for disk in found.get("guest.disk") or ()
            if disk.get("freeSpace") is not None
        ],
    )
    stacks: Sequence[Device] = found.get("guest.ipStack") or ()
    yield "gateways", [gateway for stack in stacks for gateway in _gateways(stack)]
    yield "dns", [str(one) for stack in stacks for one in (stack.get("dnsConfig") or {}).get("ipAddress") or ()]


def _gateways(stack: Device) -> Iterator[str]:
    for route in (stack.get("ipRouteConfig") or {}).get("ipRoute") or ():
        gateway = (route.get("gateway") or {}).get("ipAddress")
        if gateway and route.get("prefixLength") == 0:
            yield str(gateway)

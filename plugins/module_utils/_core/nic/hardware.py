# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings of a card itself: rings, channels, offloads, virtual functions. In the kernel's words and in the backends'.

Sources: systemd.link(5), nm-settings-keyfile(5), ip-link(8). This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.model import Interface

Pairs = list[tuple[str, str]]
NETWORKD = {
    "ring.rx": "RxBufferSize",
    "ring.tx": "TxBufferSize",
    "ring.rx-mini": "RxMiniBufferSize",
    "ring.rx-jumbo": "RxJumboBufferSize",
    "channels.rx": "RxChannels",
    "channels.tx": "TxChannels",
    "channels.other": "OtherChannels",
    "channels.combined": "CombinedChannels",
    "offload.rx": "ReceiveChecksumOffload",
    "offload.tx": "TransmitChecksumOffload",
    "offload.gro": "GenericReceiveOffload",
    "offload.gso": "GenericSegmentationOffload",
    "offload.tso": "TCPSegmentationOffload",
    "offload.lro": "LargeReceiveOffload",
}
NM_PREFIX = {"ring": "ring", "channels": "channels", "offload": "feature"}
# Key of the schema -> networkd, NetworkManager.
VF_KEYS = {
    "mac": ("MACAddress", "mac"),
    "vlan": ("VLANId", "vlans"),
    "trust": ("Trust", "trust"),
    "spoofchk": ("MACSpoofCheck", "spoof-check"),
    "max_tx_rate": ("", "max-tx-rate"),
}
# A file of ours hides the distribution's, whose naming is stated again: a card must not lose its name over a ring.
NAMING = [
    ("NamePolicy", "keep kernel database onboard slot path"),
    ("AlternativeNamesPolicy", "database onboard slot path"),
]


def settings(item: Interface) -> dict[str, object]:
    """`ring.rx`, `channels.combined`, `offload.gro` ... of an interface."""
    return {f"{group}.{key}": value for group, values in item.ethtool.items() for key, value in values.items()}


def functions(item: Interface) -> dict[int, dict[str, object]]:
    """Settings of each virtual function that has any."""
    if not item.sriov:
        return {}
    all_of_them = {n: {**item.sriov.defaults, **item.sriov.per.get(n, {})} for n in range(item.sriov.vfs)}
    return {number: values for number, values in all_of_them.items() if values}


def kernel_options(item: Interface) -> dict[str, object]:
    """What the kernel should say: `sriov.vfs`, `vf.0.trust`, and the settings."""
    found = settings(item)
    if item.sriov:
        found["sriov.vfs"] = item.sriov.vfs
    for number, values in functions(item).items():
        found.update({f"vf.{number}.{key}": value for key, value in values.items()})
    return found


def of_kernel(listed: list[Mapping[str, object]]) -> dict[str, object]:
    """`vfinfo_list` of `ip -d -j link` -> `vf.0.trust` ..."""
    found: dict[str, object] = {}
    for one in listed:
        tags, rate = one.get("vlan_list"), one.get("rate")
        tag = tags[0].get("vlan", 0) if isinstance(tags, list) and tags else one.get("vlan", 0)
        values = {
            "mac": str(one.get("address", "")).lower(),
            "vlan": tag,
            "trust": one.get("trust"),
            "spoofchk": one.get("spoofchk"),
            "max_tx_rate": rate.get("max_tx", 0) if isinstance(rate, Mapping) else 0,
        }
        found.update({f"vf.{one.get('vf')}.{key}": value for key, value in values.items() if value is not None})
    return found


def command(device: str, name: str, value: object) -> str:
    """`0.trust` and its value -> the line for `ip`."""
    number, _dot, key = name.partition(".")
    word = ("on" if value else "off") if isinstance(value, bool) else value
    return f"link set dev {device} vf {number} {key} {word}"


def link_sections(item: Interface) -> Iterator[tuple[str, Pairs]]:
    """The sections of networkd's .link file beside [Match] and naming."""
    pairs = [(NETWORKD[name], _networkd(value)) for name, value in settings(item).items() if name in NETWORKD]
    if item.sriov:
        pairs.append(("SR-IOVVirtualFunctions", str(item.sriov.vfs)))
    yield "Link", pairs
    for number, values in functions(item).items():
        said = [(VF_KEYS[key][0], _networkd(value)) for key, value in values.items() if VF_KEYS[key][0]]
        yield "SR-IOV", [("VirtualFunction", str(number)), *said]


def networkd_cannot(item: Interface) -> Iterator[tuple[str, str]]:
    """What networkd has no key for: (place, what)."""
    place = f"interfaces.{item.stem}"
    if (item.ethtool or item.sriov) and not (item.match and item.match.mac):
        yield f"{place}.match", "settings of a card are kept by its address: state match.mac"
    for name in settings(item):
        if name not in NETWORKD:
            yield f"{place}.ethtool.{name}", f"systemd has no key for {name}"
    if any("max_tx_rate" in values for values in functions(item).values()):
        yield f"{place}.sriov", "systemd has no key for max_tx_rate"


def nm_sections(item: Interface) -> Iterator[tuple[str, Pairs]]:
    """[ethtool] and [sriov] of a keyfile."""
    yield (
        "ethtool",
        [(f"{NM_PREFIX[n.partition('.')[0]]}-{n.partition('.')[2]}", _nm(v)) for n, v in settings(item).items()],
    )
    if item.sriov:
        functions_ = [(f"vf.{number}", _nm_function(values)) for number, values in functions(item).items()]
        yield "sriov", [("total-vfs", str(item.sriov.vfs)), *functions_]


def _nm_function(values: Mapping[str, object]) -> str:
    return " ".join(f"{VF_KEYS[key][1]}={_nm(value)}" for key, value in values.items())


def _networkd(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _nm(value: object) -> str:
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)

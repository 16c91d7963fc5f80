# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every bond and bridge option: its names in the kernel and in each backend, what it costs to change, where it applies.

Sources: the kernel's bonding documentation and its own verdicts on a running bond (6.1), systemd.netdev(5), netplan's
reference, nm-settings-keyfile(5). This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

LIVE, BOUNCE, REBUILD = "live", "bounce", "rebuild"
CLASSES = (LIVE, BOUNCE, REBUILD)
MODES = ("balance-rr", "active-backup", "balance-xor", "broadcast", "802.3ad", "balance-tlb", "balance-alb")
_AD = ("802.3ad",)
_PRIMARY = ("active-backup", "balance-tlb", "balance-alb")
_ARP = ("balance-rr", "active-backup", "balance-xor", "broadcast")


@dataclass(frozen=True)
class Option:
    """One option.

    kind: int, bool, choice, text, list. ip: word of `ip link`; json: key of `ip -d -j link`. cost: disruption of a
    change. modes: bond modes the kernel accepts it in. unit: `ms`, `s` (kernel counts centiseconds) or empty.
    networkd / netplan: their key, empty where the backend has none. NetworkManager uses the kernel's names.
    """

    name: str
    kind: str
    networkd: str = ""
    netplan: str = ""
    cost: str = LIVE
    modes: tuple[str, ...] = MODES
    choices: tuple[str, ...] = ()
    low: int = 0
    high: int = 2**31 - 1
    unit: str = ""
    ip: str = ""
    json: str = ""
    nm: bool = True

    @property
    def ip_word(self) -> str:
        """The word `ip link ... type` knows it by."""
        return self.ip or self.name

    @property
    def json_key(self) -> str:
        """The key in info_data of `ip -d -j link`."""
        return self.json or self.ip or self.name


def _table(*options: Option) -> Mapping[str, Option]:
    return {option.name: option for option in options}


BOND = _table(
    Option("mode", "choice", "Mode", "mode", REBUILD, choices=MODES),
    Option("miimon", "int", "MIIMonitorSec", "mii-monitor-interval", unit="ms"),
    Option("updelay", "int", "UpDelaySec", "up-delay", unit="ms"),
    Option("downdelay", "int", "DownDelaySec", "down-delay", unit="ms"),
    Option("peer_notif_delay", "int", unit="ms", ip="peer_notify_delay"),
    Option("use_carrier", "bool"),
    Option(
        "xmit_hash_policy",
        "choice",
        "TransmitHashPolicy",
        "transmit-hash-policy",
        choices=("layer2", "layer3+4", "layer2+3", "encap2+3", "encap3+4", "vlan+srcmac"),
    ),
    Option("lacp_rate", "choice", "LACPTransmitRate", "lacp-rate", BOUNCE, _AD, ("slow", "fast"), json="ad_lacp_rate"),
    Option("lacp_active", "bool", cost=BOUNCE, modes=_AD, json="ad_lacp_active", nm=False),
    Option("ad_select", "choice", "AdSelect", "ad-select", BOUNCE, _AD, ("stable", "bandwidth", "count")),
    Option("ad_user_port_key", "int", "AdUserPortKey", cost=BOUNCE, modes=_AD, high=1023),
    Option("ad_actor_sys_prio", "int", "AdActorSystemPriority", modes=_AD, low=1, high=65535),
    Option("ad_actor_system", "text", "AdActorSystem", modes=_AD),
    Option("min_links", "int", "MinLinks", "min-links"),
    Option("primary", "text", modes=_PRIMARY, netplan="primary"),
    Option(
        "primary_reselect",
        "choice",
        "PrimaryReselectPolicy",
        "primary-reselect-policy",
        modes=_PRIMARY,
        choices=("always", "better", "failure"),
    ),
    Option(
        "fail_over_mac",
        "choice",
        "FailOverMACPolicy",
        "fail-over-mac-policy",
        REBUILD,
        choices=("none", "active", "follow"),
    ),
    Option("arp_interval", "int", "ARPIntervalSec", "arp-interval", modes=_ARP, unit="ms"),
    Option("arp_ip_target", "list", "ARPIPTargets", "arp-ip-targets", modes=_ARP),
    Option(
        "arp_validate", "choice", "ARPValidate", "arp-validate", modes=_ARP, choices=("none", "active", "backup", "all")
    ),
    Option("arp_all_targets", "choice", "ARPAllTargets", "arp-all-targets", modes=_ARP, choices=("any", "all")),
    Option("arp_missed_max", "int", modes=_ARP, low=1, high=255, nm=False),
    Option("num_grat_arp", "int", "GratuitousARP", "gratuitous-arp", high=255, json="num_peer_notif"),
    Option("resend_igmp", "int", "ResendIGMP", "resend-igmp", high=255),
    Option("all_slaves_active", "bool", "AllSlavesActive", "all-slaves-active"),
    Option("packets_per_slave", "int", "PacketsPerSlave", "packets-per-slave", modes=("balance-rr",), high=65535),
    Option("tlb_dynamic_lb", "bool", "DynamicTransmitLoadBalancing", cost=BOUNCE, modes=("balance-tlb", "balance-alb")),
    Option("lp_interval", "int", "LearnPacketIntervalSec", "learn-packet-interval", low=1, unit="whole-s"),
)

BRIDGE = _table(
    Option("vlan_filtering", "bool", "VLANFiltering"),
    Option("default_pvid", "int", "DefaultPVID", high=4094, ip="vlan_default_pvid"),
    Option("vlan_protocol", "choice", "VLANProtocol", choices=("802.1q", "802.1ad")),
    Option("stp", "bool", "STP", "stp", ip="stp_state"),
    Option("forward_delay", "int", "ForwardDelaySec", "forward-delay", unit="s", high=30),
    Option("hello_time", "int", "HelloTimeSec", "hello-time", unit="s", low=1, high=10),
    Option("max_age", "int", "MaxAgeSec", "max-age", unit="s", low=6, high=40),
    Option("ageing_time", "int", "AgeingTimeSec", "ageing-time", unit="s", high=1000000),
    Option("priority", "int", "Priority", "priority", high=65535),
    Option("mcast_snooping", "bool", "MulticastSnooping"),
    Option("mcast_querier", "bool", "MulticastQuerier"),
)

# Words of NetworkManager's [bridge] that are not the kernel's.
NM_BRIDGE = {
    "default_pvid": "vlan-default-pvid",
    "ageing_time": "ageing-time",
    "mcast_snooping": "multicast-snooping",
    "mcast_querier": "multicast-querier",
    "vlan_protocol": "vlan-protocol",
    "vlan_filtering": "vlan-filtering",
    "forward_delay": "forward-delay",
    "hello_time": "hello-time",
    "max_age": "max-age",
}


def of_kernel(option: Option, raw: object) -> object:
    """A value of `ip -d -j` -> the value as it is written in the schema; None where the kernel states none."""
    if option.kind == "bool":
        return raw in (1, "on", True)
    if option.kind == "list":
        return tuple(str(item) for item in raw) if isinstance(raw, (list, tuple)) else ()
    if option.name == "vlan_protocol":
        return protocol(raw)
    if option.kind == "choice":
        # The kernel has a validation mode of 0 that iproute2 prints as null.
        return "none" if raw is None else str(raw).lower()
    if raw is None:
        return None
    return int(str(raw)) // (100 if option.unit == "s" else 1) if option.kind == "int" else str(raw).lower()


def protocol(raw: object) -> str:
    """A VLAN protocol as iproute2 writes it (a word or, with `-N`, a number in brackets) -> 802.1q or 802.1ad."""
    text = str(raw or "802.1q").strip("[]").lower()
    return {"33024": "802.1q", "34984": "802.1ad"}.get(text, text)


def to_ip(option: Option, value: object) -> str:
    """A value of the schema -> the word for `ip link`."""
    if option.kind == "bool":
        return ("on" if value else "off") if option.name == "lacp_active" else str(int(bool(value)))
    if isinstance(value, (list, tuple)):
        return ",".join(str(item) for item in value)
    return str(int(str(value)) * 100) if option.unit == "s" else str(value)


def worst(classes: list[str]) -> str:
    """The most disruptive class of several; live of none."""
    return max(classes, key=CLASSES.index, default=LIVE)

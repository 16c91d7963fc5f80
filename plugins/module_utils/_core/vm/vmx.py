# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""VMX files -> canonical machines. Capacities are not in them: the caller asks the images.

This module util is private to the collection.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ..errors import PlatformError
from .guests import family_of, guest_id
from .hardware import generation_id
from .model import Cpu, Disk, Guest, Nic, Vm

MAX_BYTES = 1 << 20
_LINE = re.compile(r'\s*([^\s=]+)\s*=\s*"(.*)"\s*')
_BUSES = ("scsi", "nvme", "sata", "ide")


def parse_vmx(data: bytes, place: str) -> Vm:
    """The machine. Raises PlatformError that begins with `place`."""
    if len(data) > MAX_BYTES:
        raise PlatformError(f"{place}: has {len(data)} bytes; this is no VMX file")
    values = dict(_values(data.decode("utf-8", "replace")))
    if "memsize" not in values and "displayname" not in values:
        raise PlatformError(f"{place}: has neither memSize nor displayName; this is no VMX file")
    identifier = guest_id(values.get("guestos", ""))
    return Vm(
        name=values.get("displayname", "vm"),
        uuid=_uuid(values.get("uuid.bios", "")),
        cpu=Cpu(
            _number(values, "numvcpus", 1, place),
            _number(values, "cpuid.corespersocket", 1, place),
            values.get("vcpu.hotadd", "").lower() == "true",
        ),
        # 32 MiB is what a VMX without memSize means.
        memory_mib=_number(values, "memsize", 32, place),
        guest=Guest(identifier, "", family_of(identifier)),
        firmware="efi" if values.get("firmware", "").lower() == "efi" else "bios",
        secure_boot=_true(values, "uefi.secureboot.enabled"),
        tpm=_true(values, "vtpm.present"),
        disks=tuple(_disks(values)),
        nics=tuple(_nics(values)),
        source={"type": "vmx"},
        extra=dict(_extra(values)),
    )


def _extra(values: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    found = generation_id(values.get("vm.genid", ""), values.get("vm.genidx", ""))
    if found:
        yield "generation_id", found


def _values(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        match = _LINE.fullmatch(line)
        if match:
            # A byte that would break the line is written as |xx.
            yield match[1].lower(), re.sub(r"\|([0-9A-Fa-f]{2})", lambda code: chr(int(code[1], 16)), match[2])


def _number(values: Mapping[str, str], key: str, default: int, place: str) -> int:
    text = values.get(key, "").strip()
    if not text:
        return default
    if not re.fullmatch(r"\d{1,9}", text):
        raise PlatformError(f"{place}: {key} is {text!r}, no number; correct it")
    return int(text)


def _true(values: Mapping[str, str], key: str) -> bool:
    return values.get(key, "").lower() == "true"


def _uuid(text: str) -> str:
    digits = re.sub(r"[^0-9a-fA-F]", "", text).lower()
    if len(digits) != 32:
        return ""
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def _disks(values: Mapping[str, str]) -> Iterator[Disk]:
    for key, file in values.items():
        match = re.fullmatch(r"(scsi|nvme|sata|ide)(\d+):(\d+)\.filename", key)
        if not match:
            continue
        unit = key.removesuffix(".filename")
        kind = values.get(f"{unit}.devicetype", "").lower()
        if not _true(values, f"{unit}.present") or "cdrom" in kind or not file.lower().endswith(".vmdk"):
            continue
        bus, controller = match[1], int(match[2])
        yield Disk(
            key=unit,
            capacity=0,
            file=file,
            format="vmdk",
            bus=bus,
            controller=controller,
            controller_model=values.get(f"{bus}{controller}.virtualdev", ""),
            unit=int(match[3]),
            mode=values.get(f"{unit}.mode", "persistent") or "persistent",
            rdm="rdm" in kind,
        )


def _nics(values: Mapping[str, str]) -> Iterator[Nic]:
    for number in range(16):
        name = f"ethernet{number}"
        if not _true(values, f"{name}.present"):
            continue
        static = values.get(f"{name}.addresstype", "").lower() == "static"
        yield Nic(
            key=name,
            network=values.get(f"{name}.networkname", values.get(f"{name}.connectiontype", "")),
            model=values.get(f"{name}.virtualdev", "").lower(),
            mac=values.get(f"{name}.{'address' if static else 'generatedaddress'}", "").lower(),
            mac_type="static" if static else "generated",
            connected=values.get(f"{name}.startconnected", "true").lower() != "false",
        )

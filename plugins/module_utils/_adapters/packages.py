# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Opens a source by its options.

This module util is private to the collection.
"""

from __future__ import annotations

import importlib
import pathlib
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urljoin

from .._core.errors import PlatformError, refuse
from .._core.vm.archive import Located, Package, package_of, read_ova
from .._core.vm.libvirt import parse_domain
from .._core.vm.ovf import parse_ovf
from .._core.vm.source import Source
from .._core.vm.source_options import LIVE, LOCAL, findings, kind_of
from .._core.vm.streams import read_exactly
from .._core.vm.tar import safe_name
from .._core.vm.vmdk import ZLIB, Inflater
from .._core.vm.vmx import parse_vmx
from .._core.vm.xmltree import MAX_BYTES
from .file_source import FileSource
from .http_source import HttpSource
from .image_package import image_machine, image_package
from .memory import keep_freed_memory

if TYPE_CHECKING:
    from .vsphere.package import VspherePackage

_DESCRIPTIONS = {"vmx": parse_vmx, "libvirt": parse_domain}


def open_package(source: Mapping[str, Any]) -> Source:
    """The machines that `source` names. Reads descriptor and manifest only."""
    refuse(findings(source))
    keep_freed_memory()
    kind = kind_of(source, _listing(source.get("path") or ""))
    if kind in LIVE:
        return open_vsphere(source)
    if kind in LOCAL:
        path = _file_of(source["path"], kind)
        vm = image_machine(path) if kind == "image" else _DESCRIPTIONS[kind](_description(path), path)
        return image_package(vm, path)
    return replace(_package(source, kind), inflater=fast_inflater())


def open_vsphere(source: Mapping[str, Any], page_size: int = 0) -> VspherePackage:
    """The machines of a vCenter or an ESXi host; objects of this one can be asked to stop."""
    refuse(findings(source))
    # Here and not above: pyVmomi's world is of no use to whoever reads an archive.
    from .vsphere.package import VspherePackage

    return VspherePackage(source, fast_inflater(), page_size)


def is_live(source: Mapping[str, Any]) -> bool:
    """True for a source whose machines run there."""
    return kind_of(source) in LIVE


def _listing(path: str) -> tuple[str, ...]:
    folder = pathlib.Path(path)
    return tuple(sorted(entry.name for entry in folder.iterdir())) if path and folder.is_dir() else ()


def _file_of(path: str, kind: str) -> str:
    """The file, or the only one of its kind in a folder."""
    found = [name for name in _listing(path) if kind_of({"path": name}) == kind]
    if not found and not pathlib.Path(path).is_dir():
        return path
    if len(found) != 1:
        raise PlatformError(f"source.path: {path} holds {len(found)} files of type {kind}, not one; name the file")
    return str(pathlib.Path(path) / found[0])


def _description(path: str) -> bytes:
    file = FileSource(path)
    if file.size > MAX_BYTES:
        raise PlatformError(f"{path}: has {file.size} bytes; this is no description of a machine")
    return pathlib.Path(path).read_bytes()


def fast_inflater() -> Inflater:
    """The fastest inflater at hand: libdeflate's optional binding, else the standard library."""
    try:
        inflate = importlib.import_module("deflate").zlib_decompress
    except ImportError:
        return ZLIB
    return Inflater("deflate", lambda data, size: bytes(inflate(data, size)))


def _package(source: Mapping[str, Any], kind: str) -> Package:
    if kind == "ova":
        return read_ova(_web(source, source["url"]) if source.get("url") else FileSource(source["path"]))
    return _web_folder(source) if source.get("url") else _local_folder(source["path"])


def _web(source: Mapping[str, Any], url: str) -> HttpSource:
    return HttpSource(url, source.get("ca_path") or "", source.get("username") or "", source.get("password") or "")


def _local_folder(path: str) -> Package:
    descriptor = pathlib.Path(path)
    if descriptor.is_dir():
        found = sorted(descriptor.glob("*.ovf"))
        if len(found) != 1:
            raise PlatformError(f"source.path: {path} holds {len(found)} OVF descriptors, not one; name the descriptor")
        descriptor = found[0]
    sources = {name: FileSource(str(descriptor.parent / name)) for name in _listed(FileSource(str(descriptor)))}
    manifest = descriptor.with_suffix(".mf")
    for extra in (descriptor, manifest):
        if extra.exists():
            sources[extra.name] = FileSource(str(extra))
    files = {name: Located(file, 0, file.size) for name, file in sources.items()}
    identity = " ".join(file.identity for _name, file in sorted(sources.items()))
    return package_of(files, identity, str(descriptor))


def _web_folder(source: Mapping[str, Any]) -> Package:
    url = source["url"]
    descriptor = _web(source, url)
    name = descriptor.url.rpartition("/")[2]
    sources = {name: descriptor}
    for listed in _listed(descriptor):
        sources[listed] = _web(source, urljoin(descriptor.url, quote(listed)))
    manifest = _web(source, descriptor.url[: -len(".ovf")] + ".mf")
    try:
        manifest.probe()
        sources[name[: -len(".ovf")] + ".mf"] = manifest
    except PlatformError as error:
        if "404" not in error.message:
            raise
    files = {key: Located(file, 0, file.probe().size) for key, file in sources.items()}
    identity = " ".join(file.identity for _name, file in sorted(sources.items()))
    return package_of(files, identity, descriptor.place)


def _listed(descriptor: Any) -> list[str]:
    """The files that a descriptor refers to; none may lie outside its folder."""
    size = descriptor.size if isinstance(descriptor, FileSource) else descriptor.probe().size
    if not 0 <= size <= MAX_BYTES:
        raise PlatformError(f"{descriptor.place}: has {size} bytes; this is no OVF descriptor")
    reader = descriptor.open()
    try:
        data = read_exactly(reader, size, descriptor.place)
    finally:
        reader.close()
    return [safe_name(name, descriptor.place) for name in parse_ovf(data, descriptor.place).files]

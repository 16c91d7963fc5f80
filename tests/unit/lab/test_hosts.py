"""Hosts: what keeps the real machine untouched, and what makes each host itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab import cgroups, hostfiles, keys
from lab.hosts import NspawnHost
from lab.place import Place
from lab.rack import model

RACK = model.load("default")
NODE = RACK.hosts[1]


@pytest.fixture
def host(tmp_path: Path) -> NspawnHost:
    return NspawnHost(Place(tmp_path / "checkout", data_root=tmp_path / "data"), RACK, NODE)


def test_a_host_never_gets_a_device_of_the_machine_nor_its_kernel_settings(host: NspawnHost) -> None:
    assert not [word for word in host.command() if word.startswith("--bind=/dev")]
    assert host.environment()["SYSTEMD_NSPAWN_API_VFS_WRITABLE"] == "network"


def test_container_storage_lies_on_ordinary_folders_and_longhorn_is_shared(host: NspawnHost) -> None:
    other = NspawnHost(host.place, RACK, RACK.hosts[2])
    binds = [{target: source for source, target in each.binds().items()} for each in (host, other)]
    assert set(binds[0]) == {"/var/lib/containerd", "/var/lib/kubelet", "/var/lib/rancher", "/var/lib/longhorn"}
    shared = {target for target in binds[0] if binds[0][target] == binds[1][target]}
    assert shared == {"/var/lib/longhorn"}


def test_the_boot_server_has_one_network_card_and_no_storage_of_a_node(tmp_path: Path) -> None:
    command = NspawnHost(Place(tmp_path, data_root=tmp_path), RACK, RACK.hosts[0]).command()
    assert not [word for word in command if word.startswith(("--bind=", "--network-veth-extra="))]


def test_what_reaches_through_to_the_machine_is_masked(host: NspawnHost, tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "etc/ssh").mkdir(parents=True)
    hostfiles.write(host.place, NODE, RACK, root)
    units = root / "etc/systemd/system"
    for unit in ("systemd-udevd.service", "systemd-sysctl.service", "systemd-modules-load.service", "fstrim.timer"):
        assert (units / unit).readlink() == Path("/dev/null")
    assert (root / "etc/hostname").read_text() == "n1\n"
    assert "Address=172.31.70.11/24" in (root / "etc/systemd/network/10-host0.network").read_text()
    assert (root / "etc/ssh/ssh_host_ed25519_key").stat().st_mode & 0o077 == 0


def test_host_keys_are_known_before_the_first_contact_and_added_ones_stay(host: NspawnHost) -> None:
    host.place.prepare()
    path = keys.known_hosts(host.place, RACK)
    line = f"n1,172.31.70.11 {keys.public(keys.host_key(host.place, 'n1'))}"
    assert line in path.read_text().splitlines()
    with path.open("a") as handle:
        handle.write("172.31.70.14 ssh-ed25519 AAAA\n")
    before = path.read_text()
    assert sorted(keys.known_hosts(host.place, RACK).read_text().splitlines()) == sorted(before.splitlines())


def test_a_host_keeps_the_root_file_system_it_was_made_over(host: NspawnHost, tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    host.folder.mkdir(parents=True)
    assert host.kept_base(old) == old
    assert host.kept_base(new) == old
    old.rmdir()
    assert host.kept_base(new) == new


def test_groups_are_made_in_every_hierarchy_and_removed_deepest_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cgroups, "ROOT", tmp_path)
    (tmp_path / "cpuset").mkdir()
    for name, value in (("cpuset.cpus", "0-1"), ("cpuset.mems", "0")):
        (tmp_path / "cpuset" / name).write_text(value)
    group = tmp_path / "cpuset" / "ia-n1"
    cgroups.create([group])
    assert (group / "cpuset.cpus").read_text() == "0-1"
    for name in ("cpuset.cpus", "cpuset.mems", "cgroup.clone_children"):
        (group / name).unlink()
    (group / "kubepods" / "pod").mkdir(parents=True)
    assert cgroups.remove([group, tmp_path / "gone"]) == []
    assert not group.exists()

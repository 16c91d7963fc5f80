"""Boot flags in both protocols, and faults that are used up one by one."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab.machine.boot import BootFlags
from lab.machine.console import Watch
from lab.machine.faults import Faults
from lab.machine.qemu import QemuMachine, order
from lab.place import Place
from lab.rack.model import Machine


@pytest.mark.parametrize("data", [[0xA0, 0x04, 0, 0, 0], [0x80, 0x08, 0, 0, 0], [0xC0, 0x04, 0, 0, 0], [0, 0, 0, 0, 0]])
def test_ipmi_reads_back_what_was_set(data: list[int]) -> None:
    assert BootFlags.from_ipmi(data).to_ipmi() == data


def test_an_override_for_once_is_gone_after_a_start_and_the_firmware_mode_stays() -> None:
    flags = BootFlags.from_ipmi([0xA0, 0x04, 0, 0, 0])
    assert (flags.active, flags.after_start().active) == ("pxe", "disk")
    assert flags.after_start().to_ipmi() == [0x20, 0, 0, 0, 0]


def test_a_persistent_override_survives_a_start() -> None:
    flags = BootFlags.from_ipmi([0xC0, 0x04, 0, 0, 0])
    assert flags.after_start() == flags


def test_an_unknown_boot_device_is_refused() -> None:
    with pytest.raises(ValueError, match="boot device 9"):
        BootFlags.from_ipmi([0x80, 9 << 2, 0, 0, 0])


def test_redfish_sets_the_same_flags_as_ipmi() -> None:
    flags = BootFlags().patched("Pxe", "Once", "UEFI")
    assert flags.to_ipmi() == [0xA0, 0x04, 0, 0, 0]
    assert (flags.target, flags.enabled) == ("Pxe", "Once")


def test_redfish_leaves_alone_what_a_patch_does_not_name() -> None:
    flags = BootFlags(efi=True).patched("Pxe", "Once", None)
    assert flags.efi
    assert flags.patched(None, "Disabled", None).enabled == "Disabled"


def test_redfish_refuses_a_target_it_does_not_know() -> None:
    with pytest.raises(ValueError, match="Floppy is not one of"):
        BootFlags().patched("Floppy", None, None)


def test_the_network_card_comes_first_only_with_an_override() -> None:
    assert order(BootFlags(valid=True, device="pxe")) == (2, 1)
    assert order(BootFlags(valid=False, device="pxe")) == (1, 2)


def test_a_counted_fault_happens_as_often_as_it_says(tmp_path: Path) -> None:
    faults = Faults(tmp_path / "m1.yml")
    faults.path.write_text("busy: 2\npower_cut_at: writing\n")
    assert [faults.take("busy") for _ in range(3)] == [True, True, False]
    assert faults.load() == {"power_cut_at": "writing"}
    faults.take_text("power_cut_at")
    assert not faults.path.exists()


def test_the_power_is_cut_by_what_is_said_after_the_fault_was_written(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.logs.mkdir(parents=True)
    machine, faults, cuts = QemuMachine(place, Machine("m1", 14, "agent")), Faults(tmp_path / "m1.yml"), []
    machine.off = lambda: cuts.append("off")  # type: ignore[method-assign]
    watch = Watch(machine, faults)
    machine.console.write_text("SeaBIOS\n")
    faults.path.write_text("power_cut_at: SeaBIOS\n")
    watch.look()
    assert not cuts, "that was said before"
    faults.path.unlink()
    watch.look()
    faults.path.write_text("power_cut_at: SeaBIOS\n")
    watch.heed()
    machine.console.write_text("SeaBIOS\nSeaBIOS\n")
    watch.look()
    assert cuts == ["off"] and not faults.path.exists()


def test_a_broken_fault_file_is_no_fault(tmp_path: Path) -> None:
    faults = Faults(tmp_path / "m1.yml")
    faults.path.write_text("busy: [")
    assert not faults.take("busy")


def test_firmware_follows_the_boot_flags_and_serials_the_rack(tmp_path: Path) -> None:
    machine = QemuMachine(Place(tmp_path), Machine("m1", 14, "agent"))
    machine.folder = tmp_path
    (tmp_path / "accel").write_text("tcg")
    legacy, efi = (" ".join(machine.command(BootFlags(efi=mode))) for mode in (False, True))
    assert "pflash" not in legacy
    assert "pflash" in efi
    assert "serial=IA-M1-DISK0" in legacy
    assert "serial=IA-M1,uuid=00000000-0000-4000-8000-525400700014" in legacy

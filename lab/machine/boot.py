"""Boot flags as a BMC keeps them; both protocols read and write the same ones. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

# IPMI 2.0, table 28-14, boot flags: bits 5..2 of the second data byte.
DEVICES = {0: "none", 1: "pxe", 2: "disk", 5: "cd", 6: "setup"}
VALID, PERSISTENT, EFI = 0x80, 0x40, 0x20
# Redfish's words for the same.
TARGETS = {"none": "None", "pxe": "Pxe", "disk": "Hdd", "cd": "Cd", "setup": "BiosSetup"}


@dataclass(frozen=True)
class BootFlags:
    """valid: an override is set. persistent: for every start, else for the next one only. efi: firmware mode."""

    valid: bool = False
    persistent: bool = False
    efi: bool = False
    device: str = "none"

    @classmethod
    def from_ipmi(cls, data: Sequence[int]) -> BootFlags:
        """Return the flags of the data bytes of parameter 5; an unknown device raises ValueError."""
        number = (data[1] >> 2) & 0x0F
        if number not in DEVICES:
            raise ValueError(f"boot device {number} is not one of {sorted(DEVICES)}")
        return cls(bool(data[0] & VALID), bool(data[0] & PERSISTENT), bool(data[0] & EFI), DEVICES[number])

    def to_ipmi(self) -> list[int]:
        """Return the five data bytes of parameter 5."""
        first = VALID * self.valid | PERSISTENT * self.persistent | EFI * self.efi
        number = next(number for number, name in DEVICES.items() if name == self.device)
        return [first, number << 2, 0, 0, 0]

    @property
    def active(self) -> str:
        """The device the next start uses: pxe or disk; without an override the disk."""
        return "pxe" if self.valid and self.device == "pxe" else "disk"

    def after_start(self) -> BootFlags:
        """Return the flags after a start has used them: what was for once is gone, the firmware mode stays known."""
        return self if self.persistent else BootFlags(efi=self.efi)

    @property
    def target(self) -> str:
        """Redfish: BootSourceOverrideTarget."""
        return TARGETS[self.device] if self.valid else "None"

    @property
    def enabled(self) -> str:
        """Redfish: BootSourceOverrideEnabled."""
        if not self.valid or self.device == "none":
            return "Disabled"
        return "Continuous" if self.persistent else "Once"

    def patched(self, target: str | None, enabled: str | None, mode: str | None) -> BootFlags:
        """Return the flags after a Redfish PATCH; values not given stay. An unknown target raises ValueError."""
        flags = self
        if target is not None:
            known = {word: device for device, word in TARGETS.items()} | {"UefiHttp": "pxe"}
            if target not in known:
                raise ValueError(f"BootSourceOverrideTarget {target} is not one of {sorted(known)}")
            flags = replace(flags, device=known[target], valid=known[target] != "none")
        if enabled is not None:
            flags = replace(flags, persistent=enabled == "Continuous", valid=flags.valid and enabled != "Disabled")
        if mode is not None:
            flags = replace(flags, efi=mode == "UEFI")
        return flags

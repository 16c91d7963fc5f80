"""A cluster in memory: volumes that lose what was not flushed, a journal, and a machine that runs or does not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.blocks import blocks, digest_of
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.state import State
from tests.unit.plugins.module_utils._core.vm.moving import World


class MemoryVolumes:
    """Volumes and their sinks: what was not flushed is lost with the importer."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.medium: dict[str, bytearray] = {}
        self.opened = False

    def open(self, volumes: Mapping[str, int]) -> None:
        self.world.event("receiver opens")
        for name, size in volumes.items():
            self.medium.setdefault(name, bytearray(b"?" * size))
        self.opened = True

    def sink(self, volume: str) -> MemorySink:
        return MemorySink(self.world, self.medium[volume])

    def identity(self, volume: str) -> str:
        return f"uid of {volume}"

    def close(self) -> None:
        self.world.event("receiver closes")
        self.opened = False


class MemorySink:
    def __init__(self, world: World, medium: bytearray) -> None:
        self.world, self.medium, self.held = world, medium, list[tuple[int, bytes]]()

    def prepare(self, fresh: bool) -> None:
        self.world.event("sink prepare")
        if fresh:
            self.medium[:] = bytes(len(self.medium))

    def write(self, offset: int, data: bytes) -> None:
        self.world.event("sink write")
        self.held.append((offset, data))
        if self.world.chance.random() < 0.3:
            self._settle()

    def zero(self, offset: int, size: int) -> None:
        self.write(offset, bytes(size))

    def _settle(self) -> None:
        for offset, data in self.held:
            self.medium[offset : offset + len(data)] = data
        self.held.clear()

    def flush(self) -> None:
        self.world.event("sink flush")
        self._settle()

    def digests(self, first: int = 0, count: int = -1) -> Iterator[tuple[int, bytes]]:
        self.world.event("sink digests")
        for number, block in blocks(iter([(0, bytes(self.medium))]), len(self.medium)):
            if number >= first and (count < 0 or number < first + count):
                yield number, digest_of(block)

    def close(self) -> None: ...


class MemoryCheckpoints:
    def __init__(self, world: World) -> None:
        self.world, self.saved = world, dict[str, bytes]()

    def load(self, volume: str, identity: str) -> bytes:
        return self.saved.get(volume, b"")

    def save(self, volume: str, identity: str, data: bytes) -> None:
        self.world.event("checkpoint")
        self.saved[volume] = data


class MemoryJournal:
    def __init__(self, world: World) -> None:
        self.world, self.saved = world, ""

    def load(self) -> State:
        return State.from_json(self.saved) if self.saved else State()

    def save(self, state: State) -> None:
        self.world.event("journal")
        self.saved = state.to_json()

    def acquire(self) -> None: ...

    def beat(self) -> None: ...

    def release(self) -> None: ...


class MemoryCluster:
    """Where the machine goes. Its guest writes to its volumes when it runs."""

    def __init__(self, world: World, volumes: MemoryVolumes) -> None:
        self.world, self.volumes = world, volumes
        self.machine: dict[str, Any] = {}
        self.running = False

    def settle(self, machine: str, volumes: list[str]) -> None: ...

    def allocate(self, volume: Mapping[str, Any]) -> None:
        self.world.event("allocate")

    def define(self, machine: Mapping[str, Any]) -> dict[str, Any]:
        self.world.event("define")
        self.machine = {**machine, "metadata": {**machine["metadata"], "uid": "u1"}}
        if machine["spec"]["runStrategy"] == "Always" and not self.running:
            assert not self.volumes.opened, "the receiver still writes"
            self.running = True
        self.world.event("defined")
        return self.machine

    def scribble(self) -> None:
        """The guest works in the cluster."""
        for data in self.volumes.medium.values():
            data[100:110] = b"new writes"

    def wait_running(self, name: str) -> None:
        self.world.event("wait running")
        assert self.running

    def check(self, name: str) -> list[str]:
        self.world.event("check")
        return []

    def is_running(self, name: str) -> bool:
        self.world.event("is running")
        return self.running

    def stop(self, name: str, patience: float) -> None:
        self.patience = patience
        self.world.event("stop")
        self.running = False

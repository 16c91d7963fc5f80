"""``python -m lab setup | build [NAME...] | up | down | status | reset NODE | off NODE | exec -- COMMAND | ...``."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from lab import conversion, guest_imports, place, setup, vsphere
from lab.build import cache
from lab.build.catalog import all_recipes
from lab.rack import model
from lab.session import Lab
from lab.shell import LabError, inside

SIMPLE = {
    "setup": "install the Debian packages the lab needs",
    "up": "bring the lab up; what is up stays as it is",
    "down": "remove the lab with all it has made",
    "status": "show what is up",
    "inventory": "print the inventory's path",
    "guests": "build guests of every kind of file and write their imports; print the file's path",
    "conversion": "build a guest that must be converted and the image that does it; print the path of what is to know",
    "prune": "remove from the cache what neither this checkout builds nor any lab runs on",
}
FOR_NODE = {
    "console": "follow a node's console",
    "reset": "cut a node's power, empty its disk; a host starts again, a machine stays off",
    "off": "cut a node's power; `up` starts a host again",
}


def parser() -> argparse.ArgumentParser:
    """Return the command line."""
    top = argparse.ArgumentParser(prog="lab", description="The rehearsal lab of this checkout. RACK= names the rack.")
    commands = top.add_subparsers(dest="command", required=True)
    for name, says in SIMPLE.items():
        commands.add_parser(name, help=says)
    commands.choices["up"].add_argument("--bare", action="store_true", help="only the rack, without building artifacts")
    for name, says in FOR_NODE.items():
        commands.add_parser(name, help=says).add_argument("node")
    scribble = commands.add_parser("scribble", help="let a machine of the vCenter stand-in write to its second disk")
    scribble.add_argument("machine")
    commands.add_parser("build", help="build recipes into the cache").add_argument("names", nargs="*")
    commands.add_parser("exec", help="run a command as the controller").add_argument("argv", nargs=argparse.REMAINDER)
    return top


def main(arguments: list[str]) -> int:
    """Do what the command line says; return the exit code."""
    options = parser().parse_args(arguments)
    where = place.here()
    if options.command == "setup":
        setup.install()
    elif options.command == "build":
        build(options.names)
    elif options.command == "prune":
        prune()
    elif options.command == "scribble":
        vsphere.scribble(where, options.machine, seed=1)
    elif options.command == "guests":
        print(guest_imports.write(where))
    elif options.command == "conversion":
        print(conversion.write(where))
    elif options.command == "inventory":
        print(where.inventory / "hosts.yml")
    elif options.command == "exec":
        controller_exec(where, options.argv[1:] if options.argv[:1] == ["--"] else options.argv)
    elif options.command == "console":
        os.execvp("tail", ["tail", "-n", "+1", "-F", str(where.logs / f"{options.node}.log")])
    else:
        setup.require_root()
        # What is removed is read from the disk: the rack's description may have changed or gone since.
        name = "default" if options.command == "down" else rack_name(where)
        session(options, Lab(where, model.load(name)))
    return 0


def build(names: list[str]) -> None:
    """Build some recipes, or all that are not on demand."""
    recipes = all_recipes()
    if unknown := sorted(set(names) - set(recipes)):
        raise LabError(f"build: unknown {', '.join(unknown)}; known are {', '.join(sorted(recipes))}")
    cache.build(recipes, names or [name for name, recipe in recipes.items() if not recipe.on_demand])


def prune() -> None:
    """Remove old results; a host's root file system stays as long as the host is there."""
    recipes = all_recipes()
    bases = [Path(note.read_text()).parent for note in place.DATA_ROOT.glob("*/hosts/*/base")]
    for path in cache.prune(recipes, [*cache.paths(recipes).values(), *bases]):
        print(f"lab: removed {path}")


def session(options: argparse.Namespace, lab: Lab) -> None:
    """Bring up, take down or change the lab, and show what there is."""
    if options.command != "status":
        with cache.locked(lab.place.lock):
            change(options, lab)
    for name, state, address in lab.status() if options.command != "down" else []:
        print(f"{name:10} {state:5} {address}")


def change(options: argparse.Namespace, lab: Lab) -> None:
    """Do what changes the lab."""
    if options.command == "up":
        setup.require()
        lab.up(options.bare)
    elif options.command == "down":
        lab.down()
        lab.place.lock.unlink(missing_ok=True)
    else:
        lab.node(options.node, options.command)


def rack_name(where: place.Place) -> str:
    """Return the rack that is up, else the one that $RACK names, else `default`, which runs everywhere."""
    remembered = where.state / "rack"
    wanted = os.environ.get("RACK", "")
    up = remembered.read_text().strip() if remembered.exists() else ""
    if up and wanted not in ("", up):
        raise LabError(f"rack {up} is up; take it down before RACK={wanted} (python -m lab down)")
    return up or wanted or "default"


def controller_exec(where: place.Place, argv: list[str]) -> None:
    """Become a command in the controller's namespace, with Ansible pointed at the lab's inventory."""
    if not argv:
        raise LabError("exec: no command; python -m lab exec -- COMMAND")
    if not where.data.exists():
        raise LabError("exec: the lab is not up; python -m lab up")
    sockets = where.data / "cp"
    sockets.mkdir(exist_ok=True)
    os.environ["PATH"] = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    os.environ.setdefault("ANSIBLE_CONFIG", str(where.checkout / "ansible.cfg"))
    os.environ.setdefault("ANSIBLE_INVENTORY", str(where.inventory / "hosts.yml"))
    os.environ.setdefault("IRONACRE_STAGES", str(where.state / "stages.json"))
    # Kept connections are found by address, and another checkout's rack has the same addresses.
    os.environ["ANSIBLE_SSH_CONTROL_PATH_DIR"] = str(sockets)
    command = inside(where.controller, *argv)
    os.execvp(command[0], list(command))


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except LabError as error:
        sys.exit(f"lab: {error}")

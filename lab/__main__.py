"""``python -m lab build [NAME...] | up | down | status | exec -- COMMAND | console NODE | inventory | setup``."""

from __future__ import annotations

import argparse
import os
import sys

from lab import place, setup
from lab.build import cache
from lab.build.catalog import all_recipes
from lab.rack import model
from lab.session import Lab
from lab.shell import LabError, inside


def parser() -> argparse.ArgumentParser:
    """Return the command line."""
    top = argparse.ArgumentParser(prog="lab", description="The rehearsal lab of this checkout. RACK= names the rack.")
    commands = top.add_subparsers(dest="command", required=True)
    commands.add_parser("setup", help="install the Debian packages the lab needs")
    commands.add_parser("build", help="build recipes into the cache").add_argument("names", nargs="*")
    for name, says in (
        ("up", "bring the lab up"),
        ("down", "remove the lab"),
        ("status", "show the lab"),
        ("inventory", "print its path"),
    ):
        commands.add_parser(name, help=says)
    commands.add_parser("exec", help="run a command as the controller").add_argument("argv", nargs=argparse.REMAINDER)
    commands.add_parser("console", help="follow a node's console").add_argument("node")
    return top


def main(arguments: list[str]) -> int:
    """Do what the command line says; return the exit code."""
    options = parser().parse_args(arguments)
    where = place.here()
    if options.command == "setup":
        setup.install()
    elif options.command == "build":
        cache.build(all_recipes(), options.names or list(all_recipes()))
    elif options.command == "inventory":
        print(where.inventory / "hosts.yml")
    elif options.command == "exec":
        controller_exec(
            where, [word for word in options.argv if word != "--"] if options.argv[:1] == ["--"] else options.argv
        )
    elif options.command == "console":
        os.execvp("tail", ["tail", "-n", "+1", "-F", str(where.logs / f"{options.node}.log")])
    else:
        return session(options.command, Lab(where, rack_of(where)))
    return 0


def session(command: str, lab: Lab) -> int:
    """Bring up, take down or show the lab."""
    setup.require_root()
    if command == "up":
        setup.require()
        lab.up()
    elif command == "down":
        lab.down()
    if command != "down":
        for row in lab.status():
            print("{:10} {:6} {}".format(*row))
    return 0


def rack_of(where: place.Place) -> model.Rack:
    """Return the rack that $RACK names, else the one that is up, else the default one."""
    remembered = where.state / "rack"
    name = os.environ.get("RACK") or (remembered.read_text().strip() if remembered.exists() else "default")
    return model.load(name)


def controller_exec(where: place.Place, argv: list[str]) -> None:
    """Become a command in the controller's namespace, with Ansible pointed at the lab's inventory."""
    if not argv:
        raise LabError("exec: no command; python -m lab exec -- COMMAND")
    sockets = where.data / "cp"
    sockets.mkdir(parents=True, exist_ok=True)
    os.environ["PATH"] = f"{os.path.dirname(sys.executable)}:{os.environ['PATH']}"
    os.environ.setdefault("ANSIBLE_CONFIG", str(where.checkout / "ansible.cfg"))
    os.environ.setdefault("ANSIBLE_INVENTORY", str(where.inventory / "hosts.yml"))
    # Kept connections are found by address, and another checkout's rack has the same addresses.
    os.environ["ANSIBLE_SSH_CONTROL_PATH_DIR"] = str(sockets)
    command = inside(where.controller, *argv)
    os.execvp(command[0], list(command))


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except LabError as error:
        sys.exit(f"lab: {error}")

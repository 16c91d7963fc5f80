#!/usr/bin/env python3
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Make a checkout ready: Debian packages, a Python environment from pinned lists, the collections.

Says what it installs, leaves alone what is there, and may be run again. What is fetched is kept in one folder outside
of the tree (IRONACRE_CACHE or ~/.cache/ironacre); the environment itself lies in .ansible, which git ignores.

    python3 tools/setup.py [--leg 2.19|2.21] [--venv .ansible/venv]
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools import lay_out

CHECKOUT = Path(__file__).resolve().parent.parent
CI = CHECKOUT / ".ci"
GO = (1, 25)


def say(text: str) -> None:
    print(f"setup: {text}", flush=True)


def packages() -> list[str]:
    """Names of the Debian packages in .ci/packages.txt that are not installed."""
    lines = [line.split("#")[0].strip() for line in (CI / "packages.txt").read_text().splitlines()]
    query = ["dpkg-query", "--show", "--showformat=${Package} ${db:Status-Status}\n", *filter(None, lines)]
    known = subprocess.run(query, capture_output=True, text=True, check=False).stdout.splitlines()
    installed = {line.split()[0] for line in known if line.endswith(" installed")}
    return [name for name in lines if name and name not in installed]


def install_packages() -> None:
    """apt-get what is missing; without root, say what to install."""
    missing = packages() if shutil.which("dpkg-query") else []
    if not missing:
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        say(f"missing Debian packages: {' '.join(missing)}; install them, or run this as root. Going on without.")
        return
    say(f"apt-get installs {' '.join(missing)}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], check=True, env=environment)
    command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing]
    subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)


def go_missing() -> str:
    """Why the lab's Go parts cannot be built; empty when they can."""
    path = shutil.which("go") or shutil.which("go", path="/usr/local/go/bin")
    if not path:
        return f"Go {GO[0]}.{GO[1]} or newer is missing; unpack a release of https://go.dev/dl into /usr/local/go"
    said = subprocess.run([path, "version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"go(\d+)\.(\d+)", said)
    if found is None or (int(found[1]), int(found[2])) < GO:
        return f"{path} says '{said.strip()}', and Go {GO[0]}.{GO[1]} or newer is needed"
    return ""


def stamp_of(leg: str) -> str:
    """Digest over everything that decides what the environment holds."""
    pins = (CI / "uv.txt").read_bytes() + (CI / f"requirements-{leg}.txt").read_bytes()
    return hashlib.sha256(pins + sys.version.encode()).hexdigest()


def environment(venv: Path, leg: str) -> bool:
    """Make the Python environment when its pins have changed. -> whether it was made."""
    stamp = venv / "pins.sha256"
    if stamp.is_file() and stamp.read_text() == stamp_of(leg):
        return False
    say(f"pip installs .ci/requirements-{leg}.txt into {venv} (Python {sys.version.split()[0]})")
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(venv)], check=True)
    python = str(venv / "bin" / "python")
    quiet = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "UV_CACHE_DIR": str(lay_out.cache_root() / "uv")}
    subprocess.run([python, "-m", "pip", "install", "--quiet", "-r", str(CI / "uv.txt")], check=True, env=quiet)
    pins = str(CI / f"requirements-{leg}.txt")
    command = [
        str(venv / "bin" / "uv"),
        "pip",
        "install",
        "--quiet",
        "--link-mode=copy",
        "--python",
        python,
        "-r",
        pins,
    ]
    subprocess.run(command, check=True, env=quiet)
    stamp.write_text(stamp_of(leg))
    return True


def leg_of_python() -> str:
    """The newest ansible-core this Python can run."""
    return "2.19" if sys.version_info < (3, 12) else "2.21"


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--leg", default=leg_of_python(), choices=("2.19", "2.21"))
    arguments.add_argument("--venv", type=Path, default=CHECKOUT / ".ansible" / "venv")
    arguments.add_argument("--collections", type=Path, default=CHECKOUT / ".ansible" / "collections")
    options = arguments.parse_args()
    install_packages()
    made = environment(options.venv, options.leg)
    if made or not lay_out.laid_out(options.collections):
        bundle = str(CI / f"bundle-{options.leg}.txt")
        command = [
            options.venv / "bin" / "python",
            "tools/lay_out.py",
            "--bundle",
            bundle,
            "--into",
            options.collections,
        ]
        subprocess.run(command, check=True, cwd=CHECKOUT)
    if why := go_missing():
        say(f"{why}. The lab is not built without it.")
    return 0


if __name__ == "__main__":
    sys.exit(main())

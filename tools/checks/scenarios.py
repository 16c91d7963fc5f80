"""Molecule scenarios against the hosts of the lab."""

from __future__ import annotations

import os
import sys

import yaml

from tools.checks.model import CHECKOUT, Outcome, Place, failed, passed, skipped

# In the order of the chain: each scenario finds what the one before it has made. `default` brings the rack up.
CHAIN = ("default", "provision", "configure", "cluster", "stack", "import", "report")
# Not part of the test command: guests and conversions under emulation take longer than all the rest of the rack.
ON_DEMAND = ("convert", "guests")
# As talkative as an operator could ask for: the logs must not hold a secret even then.
TALKATIVE = {
    "MOLECULE_GLOB": "molecule/*/molecule.yml",
    "ANSIBLE_FORCE_COLOR": "0",
    "PY_COLORS": "0",
    "ANSIBLE_VERBOSITY": "3",
    "COLUMNS": "400",
}
SECRETS = CHECKOUT / ".lab" / "inventory" / "group_vars" / "all" / "secrets.yml"


def scenarios() -> list[str]:
    """Names of all scenarios of the test command, those of the chain first."""
    names = {path.parent.name for path in CHECKOUT.glob("molecule/*/molecule.yml")}
    return [name for name in CHAIN if name in names] + sorted(names - set(CHAIN) - set(ON_DEMAND))


def molecule(place: Place) -> Outcome:
    """Converge, idempotence and verification of each. A lab that was not up before is taken down at the end."""
    if os.geteuid() != 0:
        return skipped("Molecule scenarios: the lab needs root", len(scenarios()))
    lab = (sys.executable, "-m", "lab")
    if place.run("lab-setup", *lab, "setup"):
        return skipped(f"Molecule scenarios: {place.tail('lab-setup', 1)}", len(scenarios()))
    was_up = place.run("lab-exec", *lab, "exec", "--", "true") == 0
    outcome = place.check("lab-up", *lab, "up")
    if not outcome.failed:
        run_all(place, (*lab, "exec", "--"), outcome)
        outcome.add(silent(place))
        for name in ON_DEMAND:
            outcome.add(skipped(f"scenario {name}: on demand, by molecule test -s {name} on a rack that ran the chain"))
    if not was_up:
        outcome.add(place.check("lab-down", *lab, "down"))
    return outcome


def run_all(place: Place, inside: tuple[str, ...], outcome: Outcome) -> None:
    """One scenario behind the other; what comes behind a failed one of the chain would only fail, too."""
    names = scenarios()
    for position, name in enumerate(names):
        done = place.check(f"molecule-{name}", *inside, place.programs / "molecule", "test", "-s", name, env=TALKATIVE)
        outcome.add(passed(3) if not done.failed else done)
        rest = names[position + 1 :]
        if done.failed and name in CHAIN and rest:
            outcome.add(skipped(f"scenarios {', '.join(rest)}: '{name}' has to pass first", len(rest)))
            return


def silent(place: Place) -> Outcome:
    """No secret of the rack stands in any output."""
    secrets: dict[str, str] = yaml.safe_load(SECRETS.read_text()) if SECRETS.is_file() else {}
    if not secrets:
        return skipped(f"secrets in the output: {SECRETS} is missing")
    told = [
        f"{name} in {path}"
        for path in sorted(place.logs.glob("molecule-*.log"))
        for name, value in secrets.items()
        if value in path.read_text(errors="replace")
    ]
    return failed(f"secrets in the output: {', '.join(told)}") if told else passed()

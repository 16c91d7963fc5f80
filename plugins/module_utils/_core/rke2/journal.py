# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the journal of a node that does not come up says, in one line an operator can act on.

RKE2 retries most faults for ever without failing. Patterns: its log texts.
This module util is private to the collection.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_CAUSES = (
    (r"token CA hash does not match|CA hash.*(mismatch|does not match)", "the token belongs to another cluster's CA"),
    (r"401 Unauthorized|not authorized|invalid token|token is not valid", "the server does not accept the token"),
    (r"[Nn]ode password rejected", "the cluster knows this node name with another password: delete its Node object"),
    (
        r"critical configuration value mismatch|mismatched critical",
        "this server's configuration differs from the others'",
    ),
    (r"too many learner", "another server is still joining etcd"),
    (r"no space left on device", "the disk is full"),
    (r"x509: .*(expired|not yet valid)", "a certificate is out of its time: compare the clocks"),
    (r"x509: certificate is valid for", "the API address is missing in tls-san"),
    (r"address already in use", "another process holds one of RKE2's ports"),
    (r"no route to host|i/o timeout|connection refused|context deadline exceeded", "a server cannot be reached"),
    (r"invalid value provided for --(cni|profile)", "the configuration is refused"),
    (r"bootstrap data already found and encrypted with different token", "the cluster was created with another token"),
    (r"[Uu]nknown flag .* found in config", "a key of the configuration is unknown to this version"),
)


def explain(lines: Iterable[str]) -> str:
    """The most telling cause with the newest line that shows it; an empty text if no pattern is known."""
    newest_first = list(lines)[::-1]
    for pattern, cause in _CAUSES:
        for line in newest_first:
            if re.search(pattern, line):
                return f"{cause} ({line.strip()[:240]})"
    return ""

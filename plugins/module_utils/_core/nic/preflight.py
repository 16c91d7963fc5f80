# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All static rules together. This module util is private to the collection."""

from __future__ import annotations

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import refuse
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic import validate, validate_more
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.model import State

# Importing a module of rules registers them.
MODULES = (validate, validate_more)
RULES = validate.RULES


def refuse_static(state: State) -> list[str]:
    """Raise InputErrors with all errors; else return the warnings."""
    errors, warnings = validate.validate(state)
    refuse(errors)
    return [str(warning) for warning in warnings]

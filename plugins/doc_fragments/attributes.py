# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """The attributes every module of the collection states. The module adds the `support` of each."""

    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: Can run in C(check_mode) and tells what would change without changing it.
  diff_mode:
    description: Returns the difference between before and after when run in diff mode.
  idempotent:
    description: A second run with the same options changes nothing.
"""

    # For modules that only read.
    READ_ONLY = r"""
options: {}
attributes:
  check_mode:
    description: Can run in C(check_mode) and tells what would change without changing it.
    support: full
    details:
      - This module changes nothing.
  diff_mode:
    description: Returns the difference between before and after when run in diff mode.
    support: N/A
    details:
      - This module changes nothing.
  idempotent:
    description: A second run with the same options changes nothing.
    support: full
    details:
      - This module changes nothing.
"""

    # For modules that keep a state, and support all of it.
    FULL = r"""
options: {}
attributes:
  check_mode:
    description: Can run in C(check_mode) and tells what would change without changing it.
    support: full
  diff_mode:
    description: Returns the difference between before and after when run in diff mode.
    support: full
  idempotent:
    description: A second run with the same options changes nothing.
    support: full
"""

    # For modules that keep a state, and what they write does not fit into a difference.
    NO_DIFF = r"""
options: {}
attributes:
  check_mode:
    description: Can run in C(check_mode) and tells what would change without changing it.
    support: full
  diff_mode:
    description: Returns the difference between before and after when run in diff mode.
    support: none
  idempotent:
    description: A second run with the same options changes nothing.
    support: full
"""

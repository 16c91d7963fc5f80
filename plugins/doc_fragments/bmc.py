# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from textwrap import indent

ACCESS = """\
driver:
  description: Protocol. V(auto) takes Redfish where it answers, else IPMI.
  type: str
  choices: [auto, ipmi, redfish]
  default: auto
address:
  description: Host name or IP address.
  type: str
  required: true
port:
  description: Port, when it is not the protocol's own.
  type: int
username:
  description: Account with administrator privilege.
  type: str
  required: true
password:
  description: Password of the account.
  type: str
  required: true
cipher_suite:
  description: IPMI cipher suite. Without it the strongest one that both sides know. Old BMCs only know V(3).
  type: int
  choices: [3, 17]
scheme:
  description: Redfish over HTTPS, or HTTP in laboratories.
  type: str
  choices: [https, http]
  default: https
verify_tls:
  description: Whether the BMC's certificate is verified.
  type: bool
  default: true
ca_path:
  description: File or folder of certificate authorities to trust.
  type: path
system_id:
  description: The machine, where one BMC manages several. Member of Redfish's Systems.
  type: str
"""


class ModuleDocFragment:
    """How a BMC is reached. The same words in `hci_node.bmc`, bmc_boot and bmc_info."""

    DOCUMENTATION = r"""
options: {}
requirements:
  - pyghmi, for IPMI
  - sushy, for Redfish
notes:
  - Run it on the controller, C(delegate_to=localhost).
  - Errors name their kind in RV(ignore:kind). V(unreachable), V(auth), V(busy), V(session_limit), V(unsupported),
    V(ignored), V(timeout) or V(tls).
"""

    # One BMC, for modules whose option is called `bmc`.
    # Annotated: ansible-test takes a plain assignment for a literal.
    CONNECTION: str = f"""
options:
  bmc:
    description: The BMC.
    type: dict
    required: true
    suboptions:
{indent(ACCESS, " " * 6)}"""

    # Several, each with the name of its machine, for modules whose option is called `targets`.
    TARGETS: str = f"""
options:
  targets:
    description: The BMCs, each with the name of its machine.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: Name of the machine.
        type: str
        required: true
{indent(ACCESS, " " * 6)}"""

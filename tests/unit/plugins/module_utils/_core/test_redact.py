from __future__ import annotations

import pytest
import yaml

from ansible_collections.ironacre.hci.plugins.module_utils._core.redact import HIDDEN, redact
from ansible_collections.ironacre.hci.plugins.module_utils._core.rke2.keys import SECRET_KEYS

CONFIG = """\
node-name: n1
token: abc
agent-token+:
  - also
- this
cni:
  - canal

  - b
etcd-s3-secret-key: |

  x
"""
REGISTRIES = """\
mirrors:
  docker.io:
    endpoint: [https://mirror.example.org]
configs:
  mirror.example.org:
    auth:
      username: puller
      password: abc
    tls: {ca_file: /etc/ca.pem}
"""


def test_secrets_are_taken_out_with_all_their_lines() -> None:
    assert redact(CONFIG) == (
        "node-name: n1\ntoken: '***'\nagent-token+: '***'\ncni:\n  - canal\n\n  - b\netcd-s3-secret-key: '***'\n"
    )
    assert redact("") == ""


@pytest.mark.parametrize("key", [*SECRET_KEYS, "bind_password", "AccessKey", "tls.token", "bootstrap-token"])
@pytest.mark.parametrize("line", ["{0}: abc", "'{0}': abc", '"{0}" : abc', "  {0}: abc", "- {0}: abc", "{0}:\n  abc"])
def test_a_secret_is_hidden_however_its_key_is_written(key: str, line: str) -> None:
    assert "abc" not in redact(line.format(key))


@pytest.mark.parametrize(
    "text",
    [
        '{"token": "abc"}\n',
        "# token: abc\n",
        "\ufefftoken: abc\n",
        "HTTP_PROXY=http://user:abc@proxy:3128\n",
        "server: https://abc@n1:9345\n",
        "RKE2_TOKEN=abc\n",
    ],
)
def test_a_line_that_only_mentions_a_secret_is_hidden(text: str) -> None:
    assert "abc" not in redact(text)


def test_registries_keep_what_is_no_login() -> None:
    shown = yaml.safe_load(redact(REGISTRIES))
    assert shown["configs"]["mirror.example.org"] == {"auth": "***", "tls": {"ca_file": "/etc/ca.pem"}}
    assert shown["mirrors"] == yaml.safe_load(REGISTRIES)["mirrors"]


def test_what_holds_no_secret_stays_as_it_is() -> None:
    unit = "[Unit]\nDescription=x\n# A comment\n\n[Service]\nExecStart=/bin/x --a=b\n\tB=c\n"
    assert redact(unit) == unit


def test_what_is_hidden_is_a_comment_in_its_place() -> None:
    assert redact("a: 1\n  # the password\nb: 2\n") == f"a: 1\n  {HIDDEN}\nb: 2\n"

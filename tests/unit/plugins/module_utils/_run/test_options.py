# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which hub a run is on: the one that is named, never one that is taken in silence."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._model.connection import Connection
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._run.options import HubOptions


def test_the_hub_that_is_named() -> None:
    params = {"hub_dir": "/fleet", "secrets": "vault", "lock_timeout": 5.0, "src": "app"}
    assert HubOptions.of(params) == HubOptions("/fleet", "vault", 5.0)


def of(**params: Any) -> HubOptions:
    return HubOptions.of({"secrets": "refuse", "lock_timeout": 30.0, **params})


def test_an_api_server_as_the_hub() -> None:
    options = of(hub_dir=None, kubeconfig="/c", context="x", impersonate_user="jane", impersonate_groups=["a"], host="")
    assert options == HubOptions(
        None,
        "refuse",
        30.0,
        Connection(kubeconfig="/c", context="x", impersonate_user="jane", impersonate_groups=("a",), prefix=""),
    )


def test_no_secret_is_shown() -> None:
    secret = {
        "kubeconfig": {"users": ["s3cret"]},
        "api_key": "s3cret",
        "username": "u",
        "password": "s3cret",
        "proxy": "http://a:s3cret@p",
        "proxy_headers": {"basic_auth": "s3cret", "user_agent": None},
    }
    options = of(**secret)
    assert options.connection is not None
    assert options.connection.proxy_headers == {"basic_auth": "s3cret"}
    assert "s3cret" not in repr(options)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"hub_dir": "/h", "kubeconfig": "/c"}, r"hub_dir names a directory .*, and kubeconfig an API server"),
        ({"hub_dir": "/h", "validate_certs": False}, r"hub_dir names a directory .*, and validate_certs an API server"),
        ({"context": "x"}, "^context: nothing says where the hub is; give kubeconfig or host .*default kubeconfig"),
        ({"api_key": "s3cret", "ca_cert": "/c"}, "^api_key, ca_cert: nothing says where the hub is"),
        ({"kubeconfig": 5}, "^kubeconfig: a path, or a mapping .*, not int"),
        ({"host": "https://a", "username": "u"}, "^username and password are given together"),
        ({"host": "https://a", "impersonate_groups": ["a"]}, "^impersonate_groups needs impersonate_user"),
    ],
)
def test_options_that_contradict_each_other(params: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInput, match=message) as raised:
        of(**params)
    assert "s3cret" not in str(raised.value)


@pytest.mark.parametrize("params", [{}, {"hub_dir": None}, {"hub_dir": ""}])
def test_no_hub_says_how_to_name_one(params: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput) as raised:
        HubOptions.of({"secrets": "refuse", "lock_timeout": 30.0, **params})
    for way in ("hub_dir", "kubeconfig", "module_defaults", "MULTICLUSTER_HUB_DIR", "K8S_AUTH_KUBECONFIG"):
        assert way in str(raised.value)

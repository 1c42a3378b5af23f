# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tokens and keys of one cluster, and the kubeconfigs that carry them. Standard library and PyYAML only."""

from __future__ import annotations

import base64
import os
import secrets
from pathlib import Path
from typing import Any

import yaml

# SEC 1, C.4: ECPrivateKey, version 1, a key of 32 octets, then the curve by its OID prime256v1. The public key is
# optional there, and whoever reads the file computes it.
_EC_PREFIX = bytes.fromhex("30310201010420")
_EC_SUFFIX = bytes.fromhex("a00a06082a8648ce3d030107")
_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def write_private(path: Path, content: str) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "w", encoding="utf-8") as stream:
        stream.write(content)
    os.rename(temporary, path)


def service_account_key() -> str:
    """A new P-256 private key in PEM, with which a cluster signs its service account tokens."""
    scalar = 1 + secrets.randbelow(_P256_ORDER - 1)
    encoded = base64.b64encode(_EC_PREFIX + scalar.to_bytes(32, "big") + _EC_SUFFIX).decode("ascii")
    body = "\n".join(encoded[start : start + 64] for start in range(0, len(encoded), 64))
    return f"-----BEGIN EC PRIVATE KEY-----\n{body}\n-----END EC PRIVATE KEY-----\n"


def token() -> str:
    """A new bearer token."""
    return secrets.token_hex(24)


def token_file(admin: str, unprivileged: str) -> str:
    """The content of ``--token-auth-file``: token, user, uid, groups."""
    return f"{admin},lab-admin,lab-admin,system:masters\n{unprivileged},lab-nobody,lab-nobody,\n"


def last_certificate(bundle: str) -> str:
    """The last certificate of a PEM bundle: a server that signs its own certificate writes its CA behind it."""
    marker = "-----BEGIN CERTIFICATE-----"
    return marker + bundle.rpartition(marker)[2]


def kubeconfig(name: str, server: str, ca: str, user: str, bearer: str) -> str:
    """A kubeconfig with one context, called like the cluster."""
    content: dict[str, Any] = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": name,
        "clusters": [
            {
                "name": name,
                "cluster": {
                    "server": server,
                    "certificate-authority-data": base64.b64encode(ca.encode("ascii")).decode("ascii"),
                },
            }
        ],
        "users": [{"name": user, "user": {"token": bearer}}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": user}}],
    }
    return str(yaml.safe_dump(content, sort_keys=False))

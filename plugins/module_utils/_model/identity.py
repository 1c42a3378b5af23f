# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which object is meant: identities without the API version, feeds, names that Kubernetes accepts.

An identity leaves the version out because a cluster serves one object under several of them.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ansible_collections.multicluster.apps.plugins.module_utils._model.api import APPS_GROUP, CLUSTERS_GROUP
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput

# A namespace of our own for version 5 UUIDs: the same identity has the same uid on every machine.
_UID_NAMESPACE: Final = uuid.UUID("6d0ef0c1-53a1-5c5e-9b43-0f6f0a8e3f57")

_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_QUALIFIED = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")

# Kinds of the hub's own API are known without their group.
_OWN_GROUPS: Final = (APPS_GROUP, CLUSTERS_GROUP)

NAME_LIMIT: Final = 253
LABEL_LIMIT: Final = 63
_HASH_LENGTH: Final = 10


@dataclass(frozen=True, slots=True, order=True)
class ObjectKey:
    """The identity of an object. Ordered, so that what is listed by identity has one stated order.

    :ivar group: the API group, empty for the core group.
    :ivar namespace: empty for an object without one.
    """

    group: str
    kind: str
    namespace: str
    name: str

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> ObjectKey:
        """The identity of an object as `kubectl` writes it.

        :raises InvalidInput: without `apiVersion`, `kind` or `metadata.name`.
        """
        meta = raw.get("metadata")
        meta = meta if isinstance(meta, Mapping) else {}
        parts = {"apiVersion": raw.get("apiVersion"), "kind": raw.get("kind"), "metadata.name": meta.get("name")}
        wrong = [_lack(field, value) for field, value in parts.items() if not isinstance(value, str) or not value]
        if wrong:
            raise InvalidInput(f"an object needs {', '.join(wrong)}")
        group, _version = split_api_version(raw["apiVersion"])
        return cls(group, raw["kind"], str(meta.get("namespace") or ""), meta["name"])

    def __str__(self) -> str:
        """For messages: `Deployment.apps shop/web`, `Namespace shop`, `Subscription default/web`."""
        kind = f"{self.kind}.{self.group}" if self.group and self.group not in _OWN_GROUPS else self.kind
        return f"{kind} {self.namespace}/{self.name}" if self.namespace else f"{kind} {self.name}"


@dataclass(frozen=True, slots=True, order=True)
class Feed:
    """A reference to an object to distribute."""

    api_version: str
    kind: str
    namespace: str
    name: str

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> Feed:
        """The feed that a checked mapping `{apiVersion, kind, namespace?, name}` describes."""
        return cls(raw["apiVersion"], raw["kind"], raw.get("namespace") or "", raw["name"])

    @classmethod
    def to(cls, template: Mapping[str, Any]) -> Feed:
        """The feed that points to an object.

        :raises InvalidInput: when the object has no identity.
        """
        key = ObjectKey.of(template)
        return cls(template["apiVersion"], key.kind, key.namespace, key.name)

    @property
    def key(self) -> str:
        """The key used in maps of a status: `apps/v1/Deployment/qux/my-nginx`, `v1/Namespace/qux`."""
        parts = (self.api_version, self.kind, self.namespace, self.name)
        return "/".join(part for part in parts if part)

    @property
    def object_key(self) -> ObjectKey:
        """The identity that the feed points to.

        :raises InvalidInput: when `apiVersion` is malformed.
        """
        return ObjectKey(split_api_version(self.api_version)[0], self.kind, self.namespace, self.name)

    def as_raw(self) -> dict[str, str]:
        """The feed as the API writes it."""
        raw = {"apiVersion": self.api_version, "kind": self.kind, "namespace": self.namespace, "name": self.name}
        return {field: value for field, value in raw.items() if value}

    def __str__(self) -> str:
        """For messages: `Deployment shop/web`."""
        return f"{self.kind} {self.namespace}/{self.name}" if self.namespace else f"{self.kind} {self.name}"


def split_api_version(api_version: str) -> tuple[str, str]:
    """`apps/v1` as `("apps", "v1")`, `v1` as `("", "v1")`.

    :raises InvalidInput: with more than one slash, as in Kubernetes.
    """
    parts = api_version.split("/")
    if len(parts) > 2:
        raise InvalidInput(
            f"apiVersion {shorten(api_version)!r} is malformed: a version or <group>/<version> is accepted"
        )
    return (parts[0], parts[1]) if len(parts) == 2 else ("", parts[0])


def identity_uid(key: ObjectKey) -> str:
    """A uid that depends on nothing but the identity, for hubs that hand out none."""
    return str(uuid.uuid5(_UID_NAMESPACE, "\n".join((key.group, key.kind, key.namespace, key.name))))


def shorten(text: str, limit: int = 80) -> str:
    """A text that fits in a message."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def is_dns_label(name: str) -> bool:
    """Whether Kubernetes takes it as a DNS-1123 label: the name of a namespace or of a service."""
    return _LABEL.fullmatch(name) is not None


def is_dns_subdomain(name: str) -> bool:
    """Whether Kubernetes takes it as a DNS-1123 subdomain: the name of most objects."""
    return len(name) <= NAME_LIMIT and _SUBDOMAIN.fullmatch(name) is not None


def is_label_value(value: str) -> bool:
    """Whether Kubernetes takes it as the value of a label; the empty value is one."""
    return not value or _QUALIFIED.fullmatch(value) is not None


def is_label_key(key: str) -> bool:
    """Whether Kubernetes takes it as the key of a label or of an annotation: `[<DNS subdomain>/]<name>`."""
    prefix, slash, name = key.rpartition("/")
    return (not slash or is_dns_subdomain(prefix)) and _QUALIFIED.fullmatch(name) is not None


def slug(name: str, limit: int = NAME_LIMIT) -> str:
    """A DNS-1123 subdomain that stands for any name: the name itself where it is one within the limit.

    Otherwise what is readable of it and a hash of all of it, so that two names never share a slug by what is readable.
    """
    return name if is_dns_subdomain(name) and len(name) <= limit else hashed_slug(name, name, limit)


def hashed_slug(readable: str, full: str, limit: int = NAME_LIMIT) -> str:
    """A DNS-1123 subdomain with what can be kept of `readable` and a hash of `full`, which it stands for."""
    readable = re.sub(r"[^a-z0-9.]+", "-", readable.lower())
    # Dots separate labels, and each label begins and ends with a letter or a digit.
    return _with_hash(re.sub(r"-*\.[-.]*", ".", readable), full, limit)


def label_slug(name: str, limit: int = LABEL_LIMIT) -> str:
    """A DNS-1123 label that stands for any name (a namespace has no dots); see `slug`."""
    if is_dns_label(name) and len(name) <= limit:
        return name
    return _with_hash(re.sub(r"[^a-z0-9]+", "-", name.lower()), name, limit)


def label_value_slug(value: str) -> str:
    """A label's value that stands for any text; see `slug`. Case is kept, as label values have it."""
    if is_label_value(value):
        return value
    return _with_hash(re.sub(r"[^A-Za-z0-9_.]+", "-", value), value, LABEL_LIMIT)


def _short_hash(text: str) -> str:
    """Ten hexadecimal digits that tell names apart; lone surrogates, which YAML and JSON can carry, included."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_HASH_LENGTH]


def _lack(field: str, value: object) -> str:
    """A field that is missing, or that holds what is no name: a number that wants quotes, a list."""
    return field if value in (None, "") else f"{field} as a string, not {shorten(repr(value))}"


def _with_hash(readable: str, full: str, limit: int) -> str:
    readable = readable[: limit - _HASH_LENGTH - 1].strip("-._")
    return f"{readable}-{_short_hash(full)}" if readable else _short_hash(full)

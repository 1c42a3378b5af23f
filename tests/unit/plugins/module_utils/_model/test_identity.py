# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Identities, feeds, and names that Kubernetes accepts."""

from __future__ import annotations

import uuid

import pytest
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import InvalidInput
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import (
    Feed,
    ObjectKey,
    identity_uid,
    is_dns_label,
    is_dns_subdomain,
    is_label_key,
    is_label_value,
    label_slug,
    label_value_slug,
    slug,
    split_api_version,
)
from hypothesis import given
from hypothesis import strategies as st

ANY_NAME = st.text(max_size=300)
ALMOST_VALID = st.text(alphabet="abz09-._A:/", max_size=300)


def raw_object(api_version: str = "apps/v1", kind: str = "Deployment", name: str = "web", namespace: str = "shop"):
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": name, "namespace": namespace}}


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (raw_object(), "Deployment.apps shop/web"),
        (raw_object("v1", "ConfigMap"), "ConfigMap shop/web"),
        (raw_object("v1", "Namespace", "shop", ""), "Namespace shop"),
        ({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop", "namespace": None}}, "Namespace shop"),
    ],
)
def test_an_identity_says_what_it_is(raw, text):
    assert str(ObjectKey.of(raw)) == text


def test_an_identity_leaves_the_version_out():
    assert ObjectKey.of(raw_object("apps/v1")) == ObjectKey.of(raw_object("apps/v1beta1"))
    assert ObjectKey.of(raw_object("apps/v1")) != ObjectKey.of(raw_object("extensions/v1beta1"))


def test_identities_are_ordered():
    keys = [ObjectKey("b", "A", "", "a"), ObjectKey("", "B", "n", "b"), ObjectKey("", "B", "n", "a")]
    assert sorted(keys) == [keys[2], keys[1], keys[0]]


@pytest.mark.parametrize(
    ("raw", "missing"),
    [
        ({}, "apiVersion, kind, metadata.name"),
        ({"apiVersion": "v1", "kind": "Pod", "metadata": "x"}, "metadata.name"),
        ({"apiVersion": "v1", "kind": "", "metadata": {"name": "a"}}, "kind"),
        ({"apiVersion": 1, "kind": "Pod", "metadata": {"name": "a"}}, "apiVersion as a string, not 1"),
    ],
)
def test_an_object_without_an_identity_is_refused(raw, missing):
    with pytest.raises(InvalidInput, match=f"an object needs {missing}$"):
        ObjectKey.of(raw)


@pytest.mark.parametrize(
    ("api_version", "parts"), [("apps/v1", ("apps", "v1")), ("v1", ("", "v1")), ("", ("", "")), ("/v1", ("", "v1"))]
)
def test_split_api_version(api_version, parts):
    assert split_api_version(api_version) == parts


def test_split_api_version_takes_one_slash_at_most():
    with pytest.raises(InvalidInput, match="'a/b/c' is malformed: a version or <group>/<version> is accepted"):
        split_api_version("a/b/c")


def test_a_feed_points_to_the_object_that_it_was_made_for():
    template = raw_object()
    feed = Feed.to(template)
    assert feed == Feed("apps/v1", "Deployment", "shop", "web")
    assert feed.object_key == ObjectKey.of(template)
    assert Feed.of(feed.as_raw()) == feed


def test_a_feed_without_a_namespace_has_none_in_its_raw_form():
    assert Feed("v1", "Namespace", "", "shop").as_raw() == {"apiVersion": "v1", "kind": "Namespace", "name": "shop"}


def test_a_uid_depends_on_the_identity_alone():
    key = ObjectKey("apps", "Deployment", "shop", "web")
    assert identity_uid(key) == "3740a9b2-5282-52b0-becb-b7a71dc944f4"
    assert identity_uid(ObjectKey("apps", "Deployment", "shopweb", "")) != identity_uid(key)
    assert uuid.UUID(identity_uid(key)).version == 5


@pytest.mark.parametrize(
    ("name", "label", "subdomain"),
    [
        ("web", True, True),
        ("web.example.com", False, True),
        ("0", True, True),
        ("a" * 63, True, True),
        ("a" * 64, False, True),
        ("a" * 253, False, True),
        ("a" * 254, False, False),
        ("", False, False),
        ("-a", False, False),
        ("a-", False, False),
        ("a..b", False, False),
        ("a.-b", False, False),
        ("Web", False, False),
        ("a_b", False, False),
        ("a\n", False, False),
        ("../x", False, False),
        ("é", False, False),
    ],
)
def test_dns_names(name, label, subdomain):
    assert (is_dns_label(name), is_dns_subdomain(name)) == (label, subdomain)


@pytest.mark.parametrize(
    ("value", "is_valid"),
    [("", True), ("A.b_c-1", True), ("a" * 63, True), ("a" * 64, False), ("-a", False), ("a ", False), ("a\n", False)],
)
def test_label_values(value, is_valid):
    assert is_label_value(value) is is_valid


@pytest.mark.parametrize(
    ("key", "is_valid"),
    [
        ("app", True),
        ("example.com/App_1", True),
        ("", False),
        ("/app", False),
        ("example.com/", False),
        ("a/b/c", False),
        ("Example.com/app", False),
        ("a" * 64, False),
    ],
)
def test_label_keys(key, is_valid):
    assert is_label_key(key) is is_valid


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("cert-manager-webhook:reviews", "cert-manager-webhook-reviews-"),
        ("web_01.example.com", "web-01.example.com-"),
        ("Web", "web-"),
        ("a-._-b", "a.b-"),
    ],
)
def test_a_slug_keeps_what_is_readable(name, begins):
    assert slug(name).startswith(begins)
    assert len(slug(name)) == len(begins) + 10


def test_a_valid_name_is_its_own_slug():
    assert slug("web-1.example.com") == "web-1.example.com"
    assert label_slug("web-1") == "web-1"
    assert label_value_slug("Web_1") == "Web_1"


def test_slugs_tell_names_with_the_same_readable_part_apart():
    names = ("web_1", "web:1", "web 1", "WEB_1", "web-1", "web--1")
    for make in (slug, label_slug, label_value_slug):
        assert len({make(name) for name in names}) == len(names)


@given(ANY_NAME | ALMOST_VALID, st.integers(20, 253))
def test_a_slug_is_always_a_valid_name_within_the_limit(name, limit):
    assert is_dns_subdomain(slug(name, limit))
    assert len(slug(name, limit)) <= limit


@given(ANY_NAME | ALMOST_VALID, st.integers(20, 63))
def test_a_label_slug_is_always_a_valid_label_within_the_limit(name, limit):
    assert is_dns_label(label_slug(name, limit))
    assert len(label_slug(name, limit)) <= limit


@given(ANY_NAME | ALMOST_VALID)
def test_a_label_value_slug_is_always_a_valid_value(value):
    assert is_label_value(label_value_slug(value))


@given(ALMOST_VALID, ALMOST_VALID)
def test_slugs_of_different_names_differ(one, other):
    assert (slug(one) == slug(other)) is (one == other)


def test_a_name_that_is_too_long_fills_the_limit_and_no_more():
    assert (len(slug("a" * 300)), len(slug("a" * 300, 40))) == (253, 40)
    assert (len(label_slug("a" * 64)), len(label_slug("a" * 41, 40))) == (63, 40)
    assert len(label_value_slug("a" * 64)) == 63

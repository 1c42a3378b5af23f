# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the lookups have in common: they read the hub, compute and write nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase
from ansible_collections.multicluster.apps.plugins.module_utils._core.render import Rendered
from ansible_collections.multicluster.apps.plugins.module_utils._model.errors import MulticlusterError
from ansible_collections.multicluster.apps.plugins.module_utils._run.loading import (
    PARSED_KINDS,
    Loaded,
    parse_contents,
)
from ansible_collections.multicluster.apps.plugins.module_utils._run.measuring import Gauge, Measure, by_hub
from ansible_collections.multicluster.apps.plugins.module_utils._run.options import (
    HUB_SPEC,
    KUBERNETES_SPEC,
    HubOptions,
)
from ansible_collections.multicluster.apps.plugins.module_utils._run.previewing import preview
from ansible_collections.multicluster.apps.plugins.module_utils._run.rendering import Scope
from ansible_collections.multicluster.apps.plugins.module_utils._run.wiring import open_tools, text_codec
from ansible_collections.multicluster.apps.plugins.plugin_utils import which_hub
from ansible_collections.multicluster.apps.plugins.plugin_utils.inventory_hosts import capacities, connections
from ansible_collections.multicluster.apps.plugins.plugin_utils.requests import qualified
from ansible_collections.multicluster.apps.plugins.plugin_utils.values import plain, refuse_unknown, untrusted
from ansible_collections.multicluster.apps.plugins.plugin_utils.vault_passwords import vault_of


class HubLookup(LookupBase):
    """A lookup on a hub. Subclasses say what they find (`find`)."""

    # What tells how much room clusters have.
    _measure: Measure

    def find(self, terms: Sequence[Any], loaded: Loaded) -> Iterable[Any]:
        """What the terms mean.

        :raises MulticlusterError: for what ends the lookup.
        """
        raise NotImplementedError

    def run(self, terms: Sequence[Any], variables: Mapping[str, Any] | None = None, **kwargs: Any) -> list[Any]:
        """Ansible's entry."""
        self.set_options(var_options=variables, direct=kwargs)
        try:
            # Ansible drops what a lookup does not know, and a question that was misunderstood has no good answer.
            known = sorted(self.get_options())
            refuse_unknown(sorted(set(kwargs).difference(known)), known)
            found: list[Any] = untrusted(list(self.find(plain(terms), self._loaded(variables or {}))))
        except MulticlusterError as error:
            raise AnsibleLookupError(str(error)) from error
        return found

    def _loaded(self, variables: Mapping[str, Any]) -> Loaded:
        loader: Any = self._loader
        defaults = {option: rules.get("default") for option, rules in HUB_SPEC.items()}
        given = {option: self.get_option(option) for option in ("hub_dir", *KUBERNETES_SPEC)}
        options = HubOptions.of(which_hub.resolved({**defaults, **given}, loader.get_basedir()))
        tools = open_tools(options, "a lookup", vault_of(loader), must_exist=True)
        if "groups" in variables:
            forks = int(variables.get("ansible_forks") or 5)
            self._measure = Gauge(tools, connections(variables), capacities(variables), forks).measure
        else:
            self._measure = by_hub
        return parse_contents(tools.hub.load(kinds=PARSED_KINDS))


class RenderedLookup(HubLookup):
    """A lookup of what Subscriptions come to. Subclasses say what of it they give (`pick`)."""

    def pick(self, rendered: Rendered, *, objects: bool) -> Iterable[Any]:
        """What the lookup gives of one Subscription in one cluster.

        :param objects: the objects inside, rather than what holds them.
        """
        raise NotImplementedError

    def find(self, terms: Sequence[Any], loaded: Loaded) -> Iterable[Any]:
        """Each Subscription in turn."""
        cluster, objects = self.get_option("cluster"), bool(self.get_option("objects"))
        clusters = None if cluster is None else frozenset([str(cluster)])
        for term in terms:
            scope = Scope(frozenset([qualified(str(term))]), clusters)
            for _cluster, rendered in preview(loaded, scope, text_codec(), self._measure):
                yield from self.pick(rendered, objects=objects)

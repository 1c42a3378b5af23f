# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Clusters and rules of dynamic dividing, given and generated."""

from __future__ import annotations

from collections.abc import Sequence

from ansible_collections.multicluster.apps.plugins.module_utils._model.clusters import ManagedCluster
from ansible_collections.multicluster.apps.plugins.module_utils._model.dividing import DynamicRules
from ansible_collections.multicluster.apps.plugins.module_utils._model.subscription import DynamicDividing
from hypothesis import strategies as st

Counts = tuple[int, ...]
SPREAD = DynamicRules()
BINPACK = DynamicRules(strategy="Binpack")


def clusters(count: int, **labels: Sequence[str]) -> list[ManagedCluster]:
    """So many clusters; of each label, the values in their order, "" for none."""
    return [
        ManagedCluster.of(
            {
                "metadata": {
                    "namespace": f"ns{place}",
                    "name": f"c{place}",
                    "labels": {key: values[place] for key, values in labels.items() if values[place]},
                }
            }
        )
        for place in range(count)
    ]


def preferring(**weights: int) -> DynamicRules:
    """Rules that prefer clusters by their label `zone`."""
    terms = [
        {"weight": weight, "preference": {"matchExpressions": [{"key": "zone", "operator": "In", "values": [zone]}]}}
        for zone, weight in weights.items()
    ]
    return DynamicRules.of(DynamicDividing(preferred_clusters=tuple(terms)))


ROWS = st.integers(1, 12).flatmap(
    lambda size: st.tuples(
        st.lists(st.integers(0, 10**5), min_size=size, max_size=size),
        st.lists(st.integers(0, 10**5), min_size=size, max_size=size),
        st.lists(st.sampled_from(("a", "b", "")), min_size=size, max_size=size),
    )
)
ALL_RULES = st.builds(
    DynamicRules,
    strategy=st.sampled_from(("Spread", "Binpack")),
    min_clusters=st.integers(0, 4),
    preferences=st.sampled_from((preferring(a=5, b=2).preferences, ())),
)

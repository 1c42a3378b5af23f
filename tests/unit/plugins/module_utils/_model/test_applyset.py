# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""IDs of ApplySets as KEP-3659 has them, so that other tools find the members."""

from __future__ import annotations

from ansible_collections.multicluster.apps.plugins.module_utils._model.applyset import applyset_id
from ansible_collections.multicluster.apps.plugins.module_utils._model.identity import is_label_value


def test_the_id_is_the_keps() -> None:
    # printf web.multicluster-apps.ConfigMap. | openssl dgst -sha256 -binary | base64 | tr +/ -_ | tr -d =
    assert applyset_id("web") == "applyset-z9yKohBdIlL7c17kwsqqeWpaPPC6LPM7lpyfos5BzYE-v1"


def test_the_id_of_any_name_is_a_label_value() -> None:
    ids = {applyset_id(name) for name in ("a", "b", "x" * 253)}
    assert len(ids) == 3
    assert all(is_label_value(each) for each in ids)

# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The errors that a person on call reads.

One small hierarchy. The message of each says what is wrong, where, and what would be accepted; library errors are chained
as the cause and never shown as tracebacks.
"""

from __future__ import annotations

from collections.abc import Iterable


class MulticlusterError(Exception):
    """Base of everything that this collection raises on purpose."""


class InvalidInput(MulticlusterError):
    """Something that a person wrote cannot be accepted: an object, a variable, an option, a file.

    :param problems: one sentence each; shown together, so that one run reports all that is wrong.
    """

    def __init__(self, problems: str | Iterable[str]) -> None:
        self.problems: tuple[str, ...] = (problems,) if isinstance(problems, str) else tuple(problems)
        super().__init__("\n".join(self.problems))


class HubError(MulticlusterError):
    """The hub cannot be read or written. The only failure that ends a whole run."""


class HubLocked(HubError):
    """Another run holds the lock; the message names its holder."""


class HubConflict(HubError):
    """An object changed on the hub between our read and our write; nothing of that change was lost."""


class ClusterError(MulticlusterError):
    """One managed cluster cannot be reached or refused something; never a reason to stop the others.

    :param transient: whether the same request may succeed a moment later (429, 5xx, refused connection).
    """

    def __init__(self, message: str, *, transient: bool = False) -> None:
        super().__init__(message)
        self.transient = transient

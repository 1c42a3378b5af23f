# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Dividing a whole number in proportion: the largest remainders get what the floors leave over.

Whole numbers only: fractions are compared by their numerators, so that no rounding decides among equals.
"""

from __future__ import annotations

from collections.abc import Sequence

# What a replica count of the API can hold; no more can be asked for or taken.
MOST_REPLICAS = 2**31 - 1


def apportion(total: int, weights: Sequence[int]) -> list[int]:
    """Shares of `total` in proportion to the weights; none is larger than its weight.

    The floors of the exact shares, and one more for each of the largest remainders; among equal remainders the earlier
    place has it. The result depends on nothing but the numbers and their order.

    :param total: not negative. Where it is at least the sum of the weights, the weights are the result.
    :param weights: not negative.
    """
    full = sum(weights)
    if total >= full:
        return list(weights)
    shares = [weight * total // full for weight in weights]
    rest = total - sum(shares)
    if rest:
        for place in remainder_order(total, weights, rest):
            shares[place] += 1
    return shares


def remainder_order(total: int, weights: Sequence[int], count: int) -> list[int]:
    """The places of the largest remainders, the largest first, the earlier first among equals."""
    full = sum(weights)
    remainders = [weight * total % full for weight in weights]
    return sorted(range(len(weights)), key=remainders.__getitem__, reverse=True)[:count]

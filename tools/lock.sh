#!/bin/sh
# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Writes requirements/constraints.txt: installs the newest of everything with the given Python, and notes the versions.
set -eu
python=$1
constraints=requirements/constraints.txt
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

mkdir -p "$scratch/requirements" "$scratch/tests/unit"
cp requirements.txt "$scratch/"
cp requirements/*.txt "$scratch/requirements/"
cp tests/unit/requirements.txt "$scratch/tests/unit/"
: > "$scratch/$constraints"
"$python" -m venv "$scratch/venv"
"$scratch/venv/bin/python" -m pip install --quiet -r "$scratch/requirements/dev.txt"
{
    sed '/^$/q' "$constraints"
    echo "# The version of everything that our environments install, written by 'make lock'."
    "$scratch/venv/bin/python" -m pip freeze --exclude ansible-core --exclude resolvelib
} > "$scratch/constraints.txt"
mv "$scratch/constraints.txt" "$constraints"

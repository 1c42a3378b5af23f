#!/bin/sh
# Copyright (c) 2026, The multicluster.apps authors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Prints the Python interpreters of this machine that can carry the collection, one a line ("3.11 /usr/bin/python3.11"),
# one for each minor version, the one that "python3" names first. Ends with 1, and says why, if there is none.

# An entry on PATH may be a shim that runs nothing, or a Python without venv: so each one is asked.
ask() {
    "$1" -c '
import sys
assert sys.version_info >= (3, 11)
import ensurepip, venv
print("%d.%d %s" % (*sys.version_info[:2], sys.executable))
' 2>/dev/null
}

candidates() {
    command -v python3
    for minor in 13 12 11 14; do
        command -v "python3.$minor"
        for python in "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3."$minor".*/bin/python; do
            echo "$python"
        done
    done
}

found=$(candidates | while read -r python; do ask "$python"; done | awk '!seen[$1]++')
if [ -z "$found" ]; then
    echo "No Python 3.11 or later with the modules venv and ensurepip was found on PATH or among pyenv's versions." >&2
    echo "Install one (on Debian and Ubuntu: python3 and python3-venv), or name one: make PYTHON=/path/to/python3" >&2
    exit 1
fi
echo "$found"

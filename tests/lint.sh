#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Do the sources keep the rules of the project? The rules: tests/lint/*.py.
#
# usage: lint.sh [WORDS]	only rules whose name has one of the words
cd "$(dirname "$0")/.." && PYTHONDONTWRITEBYTECODE=1 exec python3 tests/lint "$@"

#!/usr/bin/env bash
# clang-format is clean for every C++ file of the tree. Usage: check_format.sh SOURCE_DIR. 77 = cannot be checked here.
set -uo pipefail
cd "$1" || exit 1
format=$(command -v clang-format-14 || command -v clang-format) || {
    echo "clang-format not found"
    [ "${CI:-}" = true ] && exit 1
    exit 77
}
find app ui models backend resources tests \( -name '*.h' -o -name '*.cpp' \) -print0 | xargs -0 "$format" --dry-run -Werror

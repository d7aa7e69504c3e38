#!/usr/bin/env bash
# The tree speaks of itself alone: no absolute path of somebody's home or checkout, and no unfinished business.
# Usage: check_words.sh SOURCE_DIR
set -uo pipefail
cd "$1" || exit 1
status=0
here=$(pwd -P)
if grep -rnIF --include='*' --exclude-dir=build --exclude-dir=.git -e "$here/" . ; then
    echo "a file names the path of this checkout"
    status=1
fi
if grep -rnIE --exclude-dir=build --exclude-dir=.git --exclude=check_words.sh '/(home|root|Users)/[A-Za-z0-9._-]+/|TODO|FIXME' \
    app ui models backend resources tests installer README.md CMakeLists.txt; then
    echo "a file names somebody's home, or is unfinished"
    status=1
fi
exit $status

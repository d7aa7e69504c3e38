#!/usr/bin/env bash
# Holds the sandbox against what a real Kuma 2.9.13 answered.
#   run.sh CONFORMANCE_DIR MESHSCOPECTL PYTHON
# Starts a fresh control plane on free ports, asks it everything that the kit asks, with the differences of accepted.txt
# allowed, and ends it. Exits as conform.py does; 77 when the kit is not there.
set -uo pipefail
kit=$1 ctl=$2 python=$3
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
[ -f "$kit/conform.py" ] || { echo "the conformance kit is not beside the checkout"; exit 77; }
folder=$(mktemp -d)
"$ctl" control-plane run --api 127.0.0.1:0 --dp 127.0.0.1:0 --xds 127.0.0.1:0 >"$folder/addresses" 2>"$folder/log" &
sandbox=$!
trap 'kill "$sandbox" 2>/dev/null; wait "$sandbox" 2>/dev/null; rm -rf "$folder"' EXIT
for _ in $(seq 100); do
    [ -s "$folder/addresses" ] && break
    kill -0 "$sandbox" 2>/dev/null || { cat "$folder/log"; exit 2; }
    sleep 0.1
done
read -r api dp < <("$python" -c 'import json, sys; a = json.load(open(sys.argv[1])); print(a["api"], a["dp"])' "$folder/addresses")
"$python" "$kit/conform.py" check --cp "$api" --dp-server "$dp" --scenario "$kit/scenarios" \
    --against "$kit/recordings/2.9.13" --allow "$here/accepted.txt"

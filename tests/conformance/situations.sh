#!/usr/bin/env bash
# Replays recorded situations of a real Kuma 2.9.13 on the sandbox and the launcher, with real Envoys.
#   situations.sh CONFORMANCE_DIR MESHSCOPECTL PYTHON SITUATION…
# Exits as situation.py does; 77 when the kit, Envoy or the right to make namespaces is missing, which is a failure where
# CI=true.
set -uo pipefail
kit=$1 ctl=$2 python=$3
shift 3
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
missing() {
    echo "$1"
    [ "${CI:-}" = true ] && exit 1
    exit 77
}
[ -f "$kit/situation.py" ] || { echo "the conformance kit is not beside the checkout"; exit 77; }
envoy=${MESHSCOPE_ENVOY:-$(ls "$(dirname "$python")"/../lib/python3*/site-packages/envoy/_bin/envoy 2>/dev/null | head -1)}
[ -x "$envoy" ] || missing "envoy not found"
unshare --net --pid --fork --mount-proc true 2>/dev/null || unshare -rnpf --mount-proc true 2>/dev/null ||
    missing "no namespaces can be made here: that takes root or unprivileged user namespaces"
situations=()
for name in "$@"; do situations+=("$kit/recordings/2.9.13/envoy/$name"); done
# The recordings were made on a host without IPv6, so the namespace is given none before anything listens.
off='for f in all default lo; do echo 1 >/proc/sys/net/ipv6/conf/$f/disable_ipv6; done 2>/dev/null; exec "$0" "$@"'
exec env PATH="$(dirname "$ctl"):$PATH" MESHSCOPE_ENVOY="$envoy" "$python" "$kit/situation.py" run "${situations[@]}" \
    --envoy "$envoy" --allow "$here/situations.txt" \
    --sidecar 'meshscopectl sidecar run --cp-address={dp_url} --dataplane-file={dataplane_file} --dataplane-token-file={token_file} --work-dir={workdir} --drain-time=2s --dns-enabled={dns}' \
    --cp "sh -c '$off' meshscopectl control-plane run --api 127.0.0.1:{api_port} --dp 127.0.0.1:{dp_port} --xds 127.0.0.1:{xds_port}"

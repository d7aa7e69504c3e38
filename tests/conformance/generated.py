#!/usr/bin/env python3
"""Holds `meshscopectl xds` against what a real Kuma 2.9.13 generated: no control plane, no Envoy.

Usage: generated.py CONFORMANCE_DIR MESHSCOPECTL SITUATION...

Of every recorded `_config` of a situation each field must be equal, and no resource may be there that Kuma does not have,
but for Envoy's own admin, which that answer leaves out. Exit status 0 equal, 1 different, 77 without the kit.
"""
import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile

NOT_IN_ANSWER = ("kuma:envoy:admin", "kuma:readiness")


def fields(value, path=""):
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    if not items:
        yield path, json.dumps(value)
    for key, inner in items:
        yield from fields(inner, f"{path}/{key}")


def generated(program, folder, proxy):
    command = [program, "xds", "--dir", folder, "--dataplane", proxy, "-o", "json"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.returncode != 0:
        sys.exit(f"{' '.join(command)}: {run.stderr}")
    result = {}
    for entry in json.loads(run.stdout)["resources"]:
        resource = dict(entry["resource"])
        result.setdefault(resource.pop("@type"), {})[entry["name"]] = resource
    return result


def compare(program, situation):
    differences = 0
    name = os.path.basename(situation)
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(f"{situation}/inputs.yaml", folder)
        for path in sorted(glob.glob(f"{situation}/inspect-*-_config.json")):
            proxy = os.path.basename(path)[len("inspect-"):-len("-_config.json")]
            with open(path, encoding="utf-8") as file:
                wanted = json.load(file)["xds"]
            got = generated(program, folder, proxy)
            for kind in got:
                got[kind] = {n: r for n, r in got[kind].items() if n not in NOT_IN_ANSWER}
            want = dict(fields(wanted))
            have = dict(fields({kind: resources for kind, resources in got.items() if resources}))
            odd = [p for p in sorted(want.keys() | have.keys()) if want.get(p) != have.get(p)]
            print(f"{name}: {proxy}: {len(want) - sum(p in want for p in odd)} of {len(want)} fields equal")
            for pointer in odd[:20]:
                print(f"     {pointer}\n       recorded: {want.get(pointer)}\n       got:      {have.get(pointer)}")
            differences += len(odd)
    return differences


def main(kit, program, names):
    folder = f"{kit}/recordings/2.9.13/envoy"
    if not os.path.isdir(folder):
        print("the conformance kit is not beside the checkout")
        return 77
    return 1 if sum(compare(program, f"{folder}/{name}") for name in names) else 0


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))

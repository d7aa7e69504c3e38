#!/usr/bin/env python3
"""Writes the part of the Envoy API that Meshscope speaks as a FileDescriptorSet.

Usage: envoy_descriptors.py OUT.binpb OUT.list

The PyPI package xds-protos carries the descriptors of the whole API as Python modules. From the roots below this
collects everything they import, in dependency order, for `protoc --descriptor_set_in`; OUT.list names the files that
need C++ made for them (all but google/protobuf, which libprotobuf brings).
"""
import importlib
import sys

from google.protobuf import descriptor_pb2

ROOTS = (
    "envoy/service/discovery/v3/ads.proto",
    "envoy/service/health/v3/hds.proto",
    "envoy/config/cluster/v3/cluster.proto",
    "envoy/config/endpoint/v3/endpoint.proto",
    "envoy/config/listener/v3/listener.proto",
    "envoy/config/route/v3/route.proto",
    "envoy/config/rbac/v3/rbac.proto",
    "envoy/extensions/access_loggers/file/v3/file.proto",
    "envoy/extensions/access_loggers/open_telemetry/v3/logs_service.proto",
    "envoy/extensions/filters/http/buffer/v3/buffer.proto",
    "envoy/extensions/filters/http/cors/v3/cors.proto",
    "envoy/extensions/filters/http/fault/v3/fault.proto",
    "envoy/extensions/filters/http/grpc_stats/v3/config.proto",
    "envoy/extensions/filters/http/local_ratelimit/v3/local_rate_limit.proto",
    "envoy/extensions/filters/http/lua/v3/lua.proto",
    "envoy/extensions/filters/http/rbac/v3/rbac.proto",
    "envoy/extensions/filters/http/router/v3/router.proto",
    "envoy/extensions/filters/listener/http_inspector/v3/http_inspector.proto",
    "envoy/extensions/filters/listener/tls_inspector/v3/tls_inspector.proto",
    "envoy/extensions/filters/network/direct_response/v3/config.proto",
    "envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager.proto",
    "envoy/extensions/filters/network/local_ratelimit/v3/local_rate_limit.proto",
    "envoy/extensions/filters/network/rbac/v3/rbac.proto",
    "envoy/extensions/filters/network/tcp_proxy/v3/tcp_proxy.proto",
    "envoy/extensions/filters/udp/dns_filter/v3/dns_filter.proto",
    "envoy/extensions/retry/host/omit_host_metadata/v3/omit_host_metadata_config.proto",
    "envoy/extensions/retry/host/previous_hosts/v3/previous_hosts.proto",
    "envoy/extensions/retry/priority/previous_priorities/v3/previous_priorities_config.proto",
    "envoy/extensions/transport_sockets/tls/v3/tls.proto",
    "envoy/extensions/upstreams/http/v3/http_protocol_options.proto",
)


def module_of(file_name):
    return importlib.import_module(file_name[: -len(".proto")].replace("/", ".").replace("-", "_") + "_pb2")


def main(binary, listing):
    ordered = {}

    def visit(descriptor):
        if descriptor.name in ordered:
            return
        for dependency in descriptor.dependencies:
            visit(dependency)
        ordered[descriptor.name] = descriptor

    for root in ROOTS:
        visit(module_of(root).DESCRIPTOR)

    result = descriptor_pb2.FileDescriptorSet()
    for descriptor in ordered.values():
        result.file.add().MergeFromString(descriptor.serialized_pb)
    with open(binary, "wb") as out:
        out.write(result.SerializeToString(deterministic=True))
    with open(listing, "w", encoding="ascii") as out:
        out.writelines(name + "\n" for name in ordered if not name.startswith("google/protobuf/"))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2])

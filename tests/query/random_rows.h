// Dataplanes and queries at random, the same for the same seed: every field with few values, so that terms
// often meet; gateways, tagless ones (Kuma 3), own addresses, certificates, times.
#pragma once

#include "backend/query/field.h"
#include "tests/support/mesh_builders.h"

#include <random>
#include <string>

namespace meshscope::testing {

class RandomRows
{
public:
    explicit RandomRows(unsigned seed)
        : m_random(seed)
    {}

    int below(int bound) { return static_cast<int>(m_random() % static_cast<unsigned>(bound)); }
    template <class... Text>
    std::string oneOf(Text... text)
    {
        const std::string choices[] = {text...};
        return choices[below(sizeof...(text))];
    }

    DataplanePtr row(int number)
    {
        auto builder = dp("dp-" + std::to_string(number));
        builder.mesh(below(4) == 0 ? "other" : "default").modified(at(below(60)));
        if (below(3) == 0)
            builder.address("10.0.0." + std::to_string(below(9)));
        const bool tagless = below(6) == 0;
        const int inbounds = below(4);
        for (int i = 0; i < inbounds; ++i) {
            Inbound inbound;
            inbound.port = static_cast<std::uint32_t>(80 + below(4));
            if (below(5) == 0)
                inbound.address = "10.1.0." + std::to_string(below(5));
            if (below(4) == 0)
                inbound.protocol = "TCP";
            if (!tagless) {
                if (below(8) != 0)
                    inbound.tags[kServiceTag] = oneOf("web", "store", "Admin");
                if (below(2) == 0)
                    inbound.tags["version"] = oneOf("v1", "v2", "1.10", "odd");
                if (below(3) == 0)
                    inbound.tags["region"] = oneOf("eu", "us", "EU west");
                if (below(3) == 0)
                    inbound.tags[kProtocolTag] = oneOf("http", "HTTP", "grpc");
                if (below(4) == 0)
                    inbound.tags[kZoneTag] = oneOf("east", "west");
            }
            builder.inbound(inbound);
            if (below(4) == 0)
                builder.notReady();
        }
        if (below(8) == 0)
            builder.gateway("edge", below(2) == 0 ? Gateway::Type::Builtin : Gateway::Type::Delegated);
        if (below(3) == 0)
            builder.label("version", oneOf("v1", "v3"));
        if (below(5) == 0)
            builder.label(kZoneTag, "north");
        if (below(4) == 0)
            builder.offline();
        else if (below(4) != 0)
            builder.online().acks(9, 8, static_cast<unsigned>(below(3)));
        auto overview = std::make_shared<DataplaneOverview>(*builder.row());
        if (!overview->insight.subscriptions.empty()) {
            overview->insight.subscriptions.back().envoyVersion = oneOf("1.34.1", "1.9.0", "");
            overview->insight.subscriptions.back().kumaDpVersion = oneOf("2.9.13", "2.10.0-rc.1", "dev");
        }
        if (below(3) == 0)
            overview->insight.certificateExpiration = at(below(120));
        if (below(4) == 0) {
            auto dataplane = std::make_shared<Dataplane>(*overview->dataplane);
            dataplane->advertisedAddress = "192.168.0." + std::to_string(below(5));
            dataplane->creationTime = below(2) == 0 ? TimePoint{} : at(below(60));
            overview->dataplane = std::move(dataplane);
        }
        return overview;
    }

    // Policies of every era, few in number.
    std::vector<ResourceListPtr> policies()
    {
        auto list = std::make_shared<ResourceList>();
        list->type = "MeshTimeout";
        for (int i = below(4); i > 0; --i) {
            auto policy = std::make_shared<ResourceRecord>();
            policy->type = list->type;
            policy->key = {below(3) == 0 ? "other" : "default", "policy-" + std::to_string(i)};
            policy->targetRef = "something";
            const std::string head = "{\"type\": \"MeshTimeout\", \"name\": \"x\", \"mesh\": \"m\", ";
            const std::string body = oneOf(
                "\"spec\": {\"targetRef\": {\"kind\": \"MeshSubset\", \"tags\": {\"version\": \"v1\"}}}}",
                "\"spec\": {\"targetRef\": {\"kind\": \"MeshService\", \"name\": \"web\"}}}",
                "\"spec\": {\"targetRef\": {\"kind\": \"Dataplane\", \"labels\": {\"version\": \"v1\"}}}}",
                "\"spec\": {\"targetRef\": {\"kind\": \"Dataplane\", \"name\": \"dp-1\", \"sectionName\": "
                "\"80\"}}}",
                "\"spec\": {}}",
                "\"sources\": [{\"match\": {\"kuma.io/service\": \"*\", \"region\": \"eu\"}}]}");
            policy->json = head + body;
            list->rows.push_back(std::move(policy));
        }
        return {list};
    }

    std::string query(int depth = 3)
    {
        switch (depth == 0 ? 0 : below(7)) {
        case 0:
        case 1:
            return term();
        case 2:
            return query(depth - 1) + " " + query(depth - 1);
        case 3:
            return "(" + query(depth - 1) + " or " + query(depth - 1) + ")";
        case 4:
            return "not " + term();
        case 5:
            return "not (" + query(depth - 1) + ")";
        default:
            if (m_inInbound)
                return term() + " and " + term();
            m_inInbound = true;
            const std::string inner = query(depth - 1);
            m_inInbound = false;
            return "inbound(" + inner + ")";
        }
    }

private:
    std::string term()
    {
        using namespace query;
        if (below(5) == 0)
            return oneOf("web", "EU", "10.0", "10.1.0.2", "dp-1", "v1", "192.168", "nothing", "\"EU west\"");
        const auto fields = allFields();
        const FieldInfo &info = fields[static_cast<std::size_t>(below(static_cast<int>(fields.size())))];
        std::string field(info.name);
        if (info.field == Field::Tag || info.field == Field::Label)
            field += oneOf("version", "region", "kuma.io/zone", "absent");
        const auto ops = opsOf(info.kind);
        const Op op = ops[static_cast<std::size_t>(below(static_cast<int>(ops.size())))];
        const auto value = [&] {
            return op == Op::Regex ? oneOf("^w", "1$", "[e-h]", ".", "o.") : valueOf(info, op);
        };
        if (op == Op::Exists)
            return field + " exists";
        if (op == Op::In)
            return field + " in {" + value() + ", " + value() + "}";
        return field + ' ' + std::string(opText(op)) + ' ' + value();
    }

    std::string valueOf(const query::FieldInfo &info, query::Op op)
    {
        using namespace query;
        const bool compares =
            op == Op::Less || op == Op::LessEqual || op == Op::Greater || op == Op::GreaterEqual;
        switch (info.kind) {
        case FieldKind::Number:
            return info.field == Field::Port ? oneOf("80", "82", "8") : oneOf("0", "1", "2");
        case FieldKind::Version:
            return oneOf("1.34.1", "1.9", "2.9.13", "2.10.0");
        case FieldKind::Status:
            return oneOf("online", "degraded", "offline", "unknown");
        case FieldKind::Duration:
            return oneOf("5m", "30m", "1h", "90s");
        case FieldKind::Tag:
            return compares ? oneOf("v1", "1.9", "2") : oneOf("v1", "v2", "eu", "north", "\"EU west\"");
        case FieldKind::Word:
            return oneOf("http", "tcp", "HTTP", "builtin", "delegated");
        case FieldKind::Text:
            return oneOf("web", "admin", "Admin", "dp-1", "other", "10.0.0.3", "10.1.0.1", "east", "north",
                         "policy-1", "1");
        }
        return {};
    }

    std::mt19937 m_random;
    bool m_inInbound = false;
};

}  // namespace meshscope::testing

// Short words for the tests of this room on the HTTP server that all tests share.
#pragma once

#include "tests/support/fake_http_server.h"

namespace meshscope {

using testing::FakeHttpServer;
using FakeAnswer = testing::HttpAnswer;
using FakeRequest = testing::HttpRequest;
using Fault = testing::HttpAnswer::Fault;

inline FakeAnswer reply(int status, const QByteArray &body, const QByteArray &contentType = "text/plain")
{
    FakeAnswer answer;
    answer.status = status;
    answer.body = body;
    answer.contentType = contentType;
    return answer;
}

inline FakeAnswer reply(Fault fault)
{
    FakeAnswer answer;
    answer.fault = fault;
    return answer;
}

// What a control plane answers to a bootstrap request.
inline FakeAnswer bootstrapReply(const QByteArray &yaml)
{
    return reply(200, R"({"bootstrap":")" + yaml.toBase64() + "\"}", "application/json");
}

inline QUrl urlOf(const FakeHttpServer &server, const QString &path)
{
    QUrl url = server.url();
    url.setPath(path);
    return url;
}

}  // namespace meshscope

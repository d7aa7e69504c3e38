#include "backend/control/grpc_log.h"

#include <grpc/support/log.h>

#include <cstring>
#include <mutex>

namespace meshscope::control {

namespace {

struct Routing {
    std::mutex mutex;
    LogSink sink;
};

Routing &routing()
{
    static auto *instance = new Routing;  // gRPC's threads may log until the very end of the process
    return *instance;
}

void onLine(gpr_log_func_args *args)
{
    const char *slash = std::strrchr(args->file, '/');
    const int level = args->severity == GPR_LOG_SEVERITY_ERROR  ? 2
                      : args->severity == GPR_LOG_SEVERITY_INFO ? 1
                                                                : 0;
    const std::lock_guard lock(routing().mutex);
    if (routing().sink)
        routing().sink(level, std::string("grpc: ") + args->message + " (" + (slash ? slash + 1 : args->file)
                                  + ":" + std::to_string(args->line) + ")");
}

}  // namespace

void routeGrpcLog(LogSink sink)
{
    const std::lock_guard lock(routing().mutex);
    routing().sink = std::move(sink);
    gpr_set_log_function(onLine);
}

void unrouteGrpcLog()
{
    const std::lock_guard lock(routing().mutex);
    routing().sink = nullptr;
}

}  // namespace meshscope::control

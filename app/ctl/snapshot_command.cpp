// meshscopectl snapshot: a mesh into a file, what is in a file, and what differs between two.
#include "app/ctl/command.h"
#include "app/ctl/output.h"
#include "app/ctl/resource_files.h"
#include "backend/client/connection_setup.h"
#include "backend/client/remote_control_plane.h"
#include "backend/codec/overview_writer.h"
#include "backend/codec/snapshot_diff.h"
#include "backend/connections/kumactl_config.h"
#include "backend/snapshot/snapshot_file_source.h"
#include "backend/snapshot/snapshot_recorder.h"
#include "backend/support/when_done.h"

#include <QCoreApplication>

#include <iostream>
#include <memory>

namespace meshscope::ctl {

namespace {

struct SaveOptions {
    std::string file;
    std::string controlPlane;  // URL
    std::string context;       // of kumactl's configuration
    std::string configFile;
    std::string tokenFile, caFile, certificateFile, keyFile;
    bool skipVerify = false;
    bool hidesAddresses = false;
};

struct ShowOptions {
    std::string file;
    Format format = Format::Table;
};

struct DiffOptions {
    std::string before, after;
    Format format = Format::Table;
};

Result<ConnectionOptions> connectionOf(const SaveOptions &options)
{
    ConnectionProfile profile;
    ProfileSecrets secrets;
    if (options.context.empty()) {
        profile.url = QUrl(QString::fromStdString(options.controlPlane), QUrl::StrictMode);
        profile.caFile = QString::fromStdString(options.caFile);
        profile.clientCertificateFile = QString::fromStdString(options.certificateFile);
        profile.clientKeyFile = QString::fromStdString(options.keyFile);
        profile.skipVerify = options.skipVerify;
        if (!options.tokenFile.empty()) {
            const auto token = readFile(options.tokenFile);
            if (!token)
                return fail(token.error());
            secrets.token = token->substr(0, token->find_last_not_of(" \r\n\t") + 1);
        }
    } else {
        const QString file =
            options.configFile.empty() ? kumactlConfigPath() : QString::fromStdString(options.configFile);
        const auto text = readKumactlConfig(file);
        if (!text)
            return fail(text.error());
        if (!*text)
            return fail(Error::Code::NotFound, "there is no kumactl configuration", file.toStdString());
        const auto config = kumactlConfigFrom(**text, file);
        const auto context = QString::fromStdString(options.context);
        const auto found =
            std::find_if(config.profiles.begin(), config.profiles.end(),
                         [&](const ConnectionProfile &known) { return known.originContext == context; });
        if (found == config.profiles.end()) {
            for (const auto &finding : config.findings) {
                if (finding.context.isEmpty() || finding.context == context)
                    return fail(Error::Code::Invalid, finding.what.toStdString(),
                                file.toStdString() + ":" + std::to_string(finding.line));
            }
            return fail(Error::Code::NotFound, "kumactl's configuration has no context " + options.context,
                        file.toStdString());
        }
        profile = *found;
        auto read = kumactlSecretsFrom(**text, file, context);
        if (!read)
            return fail(read.error());
        secrets = std::move(*read);
    }
    auto connection = connectionOptionsOf(profile, secrets);
    if (!connection)
        return connection;
    connection->intervalMilliseconds = 0;
    return connection;
}

int saveSnapshot(const SaveOptions &options)
{
    const auto connection = connectionOf(options);
    if (!connection)
        return complain(kUsage, connection.error());
    int argc = 1;
    char name[] = "meshscopectl";
    char *argv[] = {name, nullptr};
    const QCoreApplication application(argc, argv);
    const RemoteControlPlane controlPlane(*connection);
    MeshSource *source = controlPlane.source();
    int code = kDone;
    QObject receiver;
    const auto write = [&](const Result<std::string> &bytes) {
        const auto path = QString::fromStdString(options.file);
        if (!bytes) {
            code = complain(kRefused, bytes.error());
        } else if (const auto written = writeSnapshotFile(path, *bytes); !written) {
            code = complain(kUsage, written.error());
        } else {
            const auto &held = *source->snapshot();
            std::cout << options.file << ": " << held.dataplanes.size() << " dataplanes of "
                      << held.meshes.size() << " meshes, " << bytes->size() / 1024 << " kB\n";
        }
        QCoreApplication::exit();
    };
    // Queued: an end that comes before exec() would be lost.
    QObject::connect(
        source, &MeshSource::stateChanged, &receiver,
        [&] {
            const SourceState state = source->state();
            if (state.refreshing || state.phase == SourceState::Phase::Connecting)
                return;
            source->disconnect(&receiver);
            if (state.error) {
                code = complain(state.error->code == Error::Code::Invalid
                                        && source->snapshot()->fetchedAt == TimePoint{}
                                    ? kUsage
                                    : kRefused,
                                *state.error);
                return QCoreApplication::exit();
            }
            whenDone<std::string>(recordSnapshot(*source, options.hidesAddresses), &receiver, write);
        },
        Qt::QueuedConnection);
    source->refresh();
    QCoreApplication::exec();
    return code;
}

Result<OpenedSnapshot> openFile(const std::string &path)
{
    const auto bytes = readFile(path);
    if (!bytes)
        return fail(bytes.error());
    auto opened = snapshotFrom(*bytes);
    if (!opened) {
        Error error = opened.error();
        error.where = path + (error.where.empty() ? "" : ": " + error.where);
        return fail(std::move(error));
    }
    return opened;
}

int showSnapshot(const ShowOptions &options)
{
    const auto opened = openFile(options.file);
    if (!opened)
        return complain(kUsage, opened.error());
    const Snapshot &held = *opened->snapshot;
    const auto online = std::count_if(held.dataplanes.begin(), held.dataplanes.end(),
                                      [](const auto &row) { return row->status.overall == Health::Online; });
    JsonValue rows = JsonValue::array();
    const auto add = [&rows](const std::string &what, const std::string &value) {
        rows.push_back({{"what", what}, {"value", value}});
    };
    add("taken from", opened->name);
    add("taken at", opened->takenAt == TimePoint{} ? "unknown" : rfc3339From(opened->takenAt));
    add("control plane", held.controlPlane.product + " " + held.controlPlane.version);
    add("mode", std::string(textOf(held.capabilities->mode)));
    add("addresses", opened->hidesAddresses ? "hidden" : "as they were");
    add("meshes", std::to_string(held.meshes.size()));
    add("dataplanes", std::to_string(held.dataplanes.size()) + ", " + std::to_string(online) + " online");
    add("services", std::to_string(servicesOf(held).size()));
    add("zones", std::to_string(held.zones->size()));
    for (const auto &list : held.resources) {
        if (!list->rows.empty())
            add(list->type, std::to_string(list->rows.size()));
    }
    for (const auto &note : opened->notes)
        add("note", note);
    std::cout << formatted({"what", "value"}, rows, options.format);
    return kDone;
}

std::string_view wordOf(ResourceChange::Kind kind)
{
    switch (kind) {
    case ResourceChange::Kind::Added:
        return "added";
    case ResourceChange::Kind::Removed:
        return "removed";
    case ResourceChange::Kind::Changed:
        return "changed";
    }
    return {};
}

int diffSnapshots(const DiffOptions &options)
{
    const auto before = openFile(options.before), after = openFile(options.after);
    if (!before)
        return complain(kUsage, before.error());
    if (!after)
        return complain(kUsage, after.error());
    const auto changes = differencesOf(*before->snapshot, *after->snapshot);
    JsonValue rows = JsonValue::array();
    const auto add = [&rows](const ResourceChange &change, const FieldChange &field) {
        rows.push_back({{"change", std::string(wordOf(change.kind))},
                        {"type", change.type},
                        {"mesh", change.key.mesh},
                        {"name", change.key.name},
                        {"field", field.path},
                        {"before", field.before},
                        {"after", field.after}});
    };
    for (const auto &change : changes) {
        if (change.fields.empty())
            add(change, {});
        for (const auto &field : change.fields)
            add(change, field);
    }
    std::cout << formatted({"change", "type", "mesh", "name", "field", "before", "after"}, rows,
                           options.format);
    return changes.empty() ? kDone : kFindings;
}

}  // namespace

void addSnapshot(CLI::App &app, Run &run)
{
    auto *command = app.add_subcommand("snapshot", "A mesh in a file: take it, look into it, compare two");
    command->require_subcommand(1);

    auto save = std::make_shared<SaveOptions>();
    auto *take = command->add_subcommand(
        "save", "Writes what a control plane holds now. Tokens, private keys and passwords are left out");
    take->add_option("file", save->file, "File to write, *.zip")->required();
    auto *from = take->add_option_group("source", "Where it is taken from");
    from->add_option("--cp", save->controlPlane, "URL of a control plane's API, http://127.0.0.1:5681");
    from->add_option("--context", save->context, "Context of kumactl's configuration");
    from->require_option(1);
    take->add_option("--config-file", save->configFile, "kumactl's configuration, if not ~/.kumactl/config");
    take->add_option("--token-file", save->tokenFile, "File with the user token for --cp");
    take->add_option("--ca-cert-file", save->caFile,
                     "PEM file of the CA that signed the certificate of --cp");
    take->add_option("--client-cert-file", save->certificateFile,
                     "PEM file of a client certificate for --cp");
    take->add_option("--client-key-file", save->keyFile, "PEM file of its key");
    take->add_flag("--skip-verify", save->skipVerify, "Do not verify the certificate of --cp");
    take->add_flag("--hide-addresses", save->hidesAddresses,
                   "Replace addresses and host names by others that still tell apart what was apart");
    take->callback([save, &run] { run = [save] { return saveSnapshot(*save); }; });

    auto show = std::make_shared<ShowOptions>();
    auto *look = command->add_subcommand("show", "What a snapshot file holds");
    look->add_option("file", show->file, "Snapshot file, or a zip or tar of Kuma's JSON")->required();
    addFormat(*look, show->format, {Format::Table, Format::Json, Format::Yaml, Format::Csv});
    look->callback([show, &run] { run = [show] { return showSnapshot(*show); }; });

    auto diff = std::make_shared<DiffOptions>();
    auto *compare =
        command->add_subcommand("diff", "What differs between two snapshot files; exit code 1 if anything");
    compare->add_option("before", diff->before, "Older file")->required();
    compare->add_option("after", diff->after, "Newer file")->required();
    addFormat(*compare, diff->format, {Format::Table, Format::Json, Format::Yaml, Format::Csv});
    compare->callback([diff, &run] { run = [diff] { return diffSnapshots(*diff); }; });
}

}  // namespace meshscope::ctl

// Where tokens lie: the desktop's keychain, or a file that only its owner may read. Never in settings, never
// in a log.
#pragma once

#include "backend/core/result.h"

#include <QFuture>
#include <QObject>
#include <QString>

#include <optional>
#include <string>

namespace meshscope {

// Lives on the GUI thread; futures finish there. All calls are answered in the order they were made.
class SecretStore : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    // Nothing when there is no secret of that name.
    virtual QFuture<Result<std::optional<std::string>>> read(const QString &name) = 0;
    virtual QFuture<Result<void>> write(const QString &name, const std::string &secret) = 0;
    // A name that is not there is no error.
    virtual QFuture<Result<void>> remove(const QString &name) = 0;

    // Where secrets are kept, for people: "the keychain", "…/meshscope/secrets.json".
    virtual QString place() const = 0;
    // What has to be said aloud about that place; empty = nothing. May change with the first answer.
    virtual QString warning() const = 0;

Q_SIGNALS:
    void warningChanged();
};

}  // namespace meshscope

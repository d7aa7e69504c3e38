// Queries that a person asked before, and those that were given a name. Kept in the settings where there are
// any. GUI thread.
#pragma once

#include <QList>
#include <QString>
#include <QStringList>

class QSettings;

namespace meshscope::ui {

class QueryStore
{
public:
    static constexpr int kMostRemembered = 50;

    explicit QueryStore(QSettings *settings = nullptr);  // not owned

    const QStringList &history() const { return m_history; }  // the newest first
    void remember(const QString &query);

    struct Named {
        QString name;
        QString query;
        int tint = -1;  // rows that match have it; -1 = none
        bool operator==(const Named &) const = default;
    };
    const QList<Named> &named() const { return m_named; }  // by name
    void save(const QString &name, const QString &query);  // in the place of one of that name
    void remove(const QString &name);
    void setTint(const QString &name, int tint);

private:
    void keep();

    QSettings *m_settings;
    QStringList m_history;
    QList<Named> m_named;
};

}  // namespace meshscope::ui

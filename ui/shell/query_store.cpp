#include "ui/shell/query_store.h"

#include <QSettings>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace meshscope::ui {

QueryStore::QueryStore(QSettings *settings)
    : m_settings(settings)
{
    if (!settings)
        return;
    m_history = settings->value(u"query/history"_s).toStringList();
    const int count = settings->beginReadArray(u"query/named"_s);
    for (int i = 0; i < count; ++i) {
        settings->setArrayIndex(i);
        m_named << Named{settings->value(u"name"_s).toString(), settings->value(u"query"_s).toString(),
                         settings->value(u"tint"_s, -1).toInt()};
    }
    settings->endArray();
}

void QueryStore::remember(const QString &query)
{
    const QString text = query.trimmed();
    if (text.isEmpty() || (!m_history.isEmpty() && m_history.constFirst() == text))
        return;
    m_history.removeAll(text);
    m_history.prepend(text);
    while (m_history.size() > kMostRemembered)
        m_history.removeLast();
    keep();
}

void QueryStore::save(const QString &name, const QString &query)
{
    int tint = -1;
    for (const Named &one : m_named)
        tint = one.name == name ? one.tint : tint;
    m_named.removeIf([&name](const Named &one) { return one.name == name; });
    m_named << Named{name, query, tint};
    std::sort(m_named.begin(), m_named.end(),
              [](const Named &a, const Named &b) { return a.name.localeAwareCompare(b.name) < 0; });
    keep();
}

void QueryStore::remove(const QString &name)
{
    m_named.removeIf([&name](const Named &one) { return one.name == name; });
    keep();
}

void QueryStore::setTint(const QString &name, int tint)
{
    for (Named &one : m_named) {
        if (one.name == name)
            one.tint = tint;
    }
    keep();
}

void QueryStore::keep()
{
    if (!m_settings)
        return;
    m_settings->setValue(u"query/history"_s, m_history);
    m_settings->remove(u"query/named"_s);
    m_settings->beginWriteArray(u"query/named"_s, static_cast<int>(m_named.size()));
    for (int i = 0; i < m_named.size(); ++i) {
        m_settings->setArrayIndex(i);
        m_settings->setValue(u"name"_s, m_named.at(i).name);
        m_settings->setValue(u"query"_s, m_named.at(i).query);
        m_settings->setValue(u"tint"_s, m_named.at(i).tint);
    }
    m_settings->endArray();
}

}  // namespace meshscope::ui

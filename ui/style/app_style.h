// Fusion, made calmer: flat buttons, tabs and headers, one-pixel lines, tints for hover and selection.
// Everything is painted from the palette; there is no style sheet.
//
// Properties that widgets may carry:
//   "primary" (bool)        a button in the accent colour: the page's main deed
//   "accentColour" (QColor) the colour of such a button instead of the accent (a connection's)
//   "plainTabs" (bool)      a QTabBar as a row of words with a line under the chosen one
#pragma once

#include <QProxyStyle>

namespace meshscope::ui {

class AppStyle : public QProxyStyle
{
    Q_OBJECT

public:
    AppStyle();

    void polish(QWidget *widget) override;
    using QProxyStyle::polish;
    int pixelMetric(PixelMetric metric, const QStyleOption *option, const QWidget *widget) const override;
    int styleHint(StyleHint hint, const QStyleOption *option, const QWidget *widget,
                  QStyleHintReturn *result) const override;
    QSize sizeFromContents(ContentsType type, const QStyleOption *option, const QSize &size,
                           const QWidget *widget) const override;
    QRect subElementRect(SubElement element, const QStyleOption *option,
                         const QWidget *widget) const override;
    QRect subControlRect(ComplexControl control, const QStyleOptionComplex *option, SubControl sub,
                         const QWidget *widget) const override;
    void drawPrimitive(PrimitiveElement element, const QStyleOption *option, QPainter *painter,
                       const QWidget *widget) const override;
    void drawControl(ControlElement element, const QStyleOption *option, QPainter *painter,
                     const QWidget *widget) const override;
    void drawComplexControl(ComplexControl control, const QStyleOptionComplex *option, QPainter *painter,
                            const QWidget *widget) const override;
};

}  // namespace meshscope::ui

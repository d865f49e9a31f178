package org.basisar.bar.report;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.basisar.bar.picture.Markup.escape;

import java.util.Base64;
import java.util.List;
import org.basisar.bar.picture.PngWriter;
import org.basisar.bar.picture.SvgChart;
import org.basisar.bar.picture.SvgLogPlot;

/** A document as one HTML file with everything in it, which is also well-formed XML. */
public final class HtmlDocument {
  private final StringBuilder html = new StringBuilder(1 << 16);

  private HtmlDocument() {}

  /** The page. */
  public static String render(Document document) {
    HtmlDocument page = new HtmlDocument();
    page.open(document);
    int number = 0;
    for (Document.Section section : document.sections()) {
      page.section(section, "section" + ++number);
    }
    page.html.append("</main>\n</body>\n</html>\n");
    return page.html.toString();
  }

  private void open(Document document) {
    ReportPage.head(html, document.title());
    html.append("<header>\n<h1>").append(escape(document.title())).append("</h1>\n");
    paragraph(document.introduction(), false);
    html.append("</header>\n<main>\n");
  }

  private void section(Document.Section section, String id) {
    html.append("<section aria-labelledby=\"%s\">\n<h2 id=\"%s\">".formatted(id, id));
    html.append(escape(section.heading())).append("</h2>\n");
    String open = "";
    for (Document.Block block : section.blocks()) {
      String group =
          switch (block) {
            case Document.Picture _ -> "pictures";
            case Document.Curve _, Document.Plot _ -> "curves";
            case Document.Text _, Document.Code _, Document.Table _ -> "";
          };
      if (!group.equals(open)) {
        html.append(open.isEmpty() ? "" : "</div>\n");
        html.append(group.isEmpty() ? "" : "<div class=\"" + group + "\">\n");
        open = group;
      }
      block(block);
    }
    html.append(open.isEmpty() ? "" : "</div>\n");
    html.append("</section>\n");
  }

  private void block(Document.Block block) {
    switch (block) {
      case Document.Text text -> paragraph(text.words(), text.stressed());
      case Document.Code code ->
          html.append("<pre tabindex=\"0\"><code>")
              .append(escape(code.words()))
              .append("</code></pre>\n");
      case Document.Table table -> table(table);
      case Document.Curve curve ->
          figure(curve.chart().title(), SvgChart.render(curve.chart()), curve.caption());
      case Document.Plot plot ->
          figure(plot.plot().title(), SvgLogPlot.render(plot.plot()), plot.caption());
      case Document.Picture picture -> picture(picture);
    }
  }

  private void figure(String title, String svg, String caption) {
    html.append("<figure>\n<h3>").append(escape(title)).append("</h3>\n");
    html.append(svg).append("\n<figcaption>");
    html.append(escape(caption)).append("</figcaption>\n</figure>\n");
  }

  private void paragraph(String words, boolean stressed) {
    html.append(stressed ? "<p class=\"verdict\">" : "<p>").append(escape(words)).append("</p>\n");
  }

  private void table(Document.Table table) {
    html.append("<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"");
    html.append(escape(table.caption())).append("\">\n<table class=\"figures\">\n<caption>");
    html.append(escape(table.caption())).append("</caption>\n<thead><tr>");
    for (String column : table.columns()) {
      html.append("<th scope=\"col\">").append(escape(column)).append("</th>");
    }
    html.append("</tr></thead>\n<tbody>\n");
    for (List<String> row : table.rows()) {
      html.append("<tr><th scope=\"row\">").append(escape(row.getFirst())).append("</th>");
      for (String cell : row.subList(1, row.size())) {
        html.append("<td>").append(escape(cell)).append("</td>");
      }
      html.append("</tr>\n");
    }
    html.append("</tbody>\n</table>\n</div>\n");
  }

  private void picture(Document.Picture picture) {
    int width = picture.image().getWidth();
    int height = picture.image().getHeight();
    html.append(picture.half() ? "<figure class=\"half\">" : "<figure>");
    html.append("\n<h3>").append(escape(picture.heading())).append("</h3>\n");
    html.append("<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"");
    html.append(escape(picture.heading())).append("\"><img alt=\"");
    html.append(escape(picture.alternative())).append('"');
    html.append(" width=\"%d\" height=\"%d\"".formatted(width, height));
    html.append(" style=\"--w:%dpx\" src=\"data:image/png;base64,".formatted(width));
    byte[] encoded = Base64.getEncoder().encode(PngWriter.encode(picture.image()));
    html.append(new String(encoded, ISO_8859_1)).append("\"/></div>\n</figure>\n");
  }
}

package org.basisar.bar.report;

/** How the report looks. */
final class ReportStyle {
  /** Plain CSS without anything XML would stumble over. */
  static final String CSS =
      """

      :root {
        color-scheme: light dark;
        --page: #fbfbfa; --card: #ffffff; --ink: #1d2126; --soft: #565e68; --rule: #d9dde2;
        --series-main: #1b6cb0; --series-second: #b4500f; --series-third: #1a7f4b;
        --series-fourth: #7a3fa8; --series-fifth: #8a6d00; --series-sixth: #b3266e;
        --series-seventh: #0f7f8c; --series-eighth: #5b6470; --alert: #a4262c;
      }
      @media (prefers-color-scheme: dark) {
        :root {
          --page: #14171a; --card: #1c2024; --ink: #e6e8ea; --soft: #a3abb4; --rule: #353b42;
          --series-main: #6db3f2; --series-second: #f0a35e; --series-third: #62c990;
          --series-fourth: #c39bea; --series-fifth: #d9bb4a; --series-sixth: #f08dbb;
          --series-seventh: #58c6d3; --series-eighth: #a9b2bd; --alert: #ff9a95;
        }
      }
      * { box-sizing: border-box; }
      body {
        margin: 0 auto; padding: 2rem 1rem 4rem; max-width: 62rem;
        background: var(--page); color: var(--ink);
        font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", sans-serif;
        overflow-wrap: break-word;
      }
      h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .75rem; }
      h2 { font-size: 1.35rem; margin: 2.75rem 0 .75rem; }
      h3 { font-size: 1.05rem; margin: 0 0 .6rem; }
      h4 { font-size: .9rem; margin: 1.25rem 0 .4rem; color: var(--soft); }
      h3 small { font-weight: normal; color: var(--soft); margin-left: .6em; }
      p, figcaption { max-width: 44rem; }
      header p, figcaption { color: var(--soft); }
      figure {
        margin: 0; padding: 1.1rem 1.25rem; min-width: 0;
        background: var(--card); border: 1px solid var(--rule); border-radius: .6rem;
      }
      figcaption { font-size: .92rem; margin-top: .75rem; }
      .tiles {
        display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr));
        gap: .75rem; margin: 0;
      }
      .tiles div {
        display: flex; flex-direction: column; justify-content: space-between;
        padding: .75rem .8rem; background: var(--card);
        border: 1px solid var(--rule); border-radius: .6rem;
      }
      .tiles dt { color: var(--soft); font-size: .85rem; line-height: 1.35; }
      .tiles dd { margin: .3rem 0 0; font-size: 1.1rem; white-space: nowrap; font-variant-numeric: tabular-nums; }
      .pictures { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 1.25rem; }
      .pictures > * { grid-column: span 2; }
      .pictures > .half { grid-column: span 1; }
      @media (max-width: 50rem) { .pictures > .half { grid-column: span 2; } }
      .curves {
        display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr));
        gap: 1.25rem;
      }
      .chart { display: block; width: 100%; height: auto; color: var(--ink); }
      .chart text { paint-order: stroke; stroke: var(--card); stroke-width: 3px; stroke-linejoin: round; }
      .scroll { overflow-x: auto; container-type: inline-size; }
      img { display: block; height: auto; width: max(min(100%, var(--w)), calc(.7 * var(--w))); }
      details { margin-top: .9rem; }
      summary { cursor: pointer; color: var(--series-main); }
      table { border-collapse: collapse; width: 100%; font-size: .95rem; }
      th, td {
        text-align: left; vertical-align: top; padding: .4rem .75rem .4rem 0;
        border-bottom: 1px solid var(--rule); overflow-wrap: anywhere;
      }
      thead th { color: var(--soft); font-weight: normal; font-size: .85rem; }
      tbody th { font-weight: normal; width: 45%; }
      td { font-variant-numeric: tabular-nums; }
      table.figures { width: auto; min-width: 100%; font-size: .9rem; }
      table.figures th, table.figures td { overflow-wrap: normal; padding-right: 1.1rem; }
      table.figures thead th { vertical-align: bottom; }
      table.figures tbody th { width: auto; white-space: nowrap; }
      .curves > figure:only-child { max-width: 40rem; }
      table.figures td { white-space: nowrap; }
      table.figures caption {
        text-align: left; color: var(--soft); font-size: .85rem; padding: .4rem 0; max-width: 100cqw;
      }
      .verdict { border-left: .25rem solid var(--series-main); padding: .2rem .9rem; }
      pre {
        background: var(--card); border: 1px solid var(--rule); border-radius: .6rem;
        padding: .9rem 1rem; white-space: pre-wrap; overflow-wrap: anywhere; margin: .5rem 0;
      }
      code { font: .9rem/1.5 ui-monospace, "SFMono-Regular", Menlo, monospace; }
      .warning { border-left: .25rem solid var(--alert); padding: .4rem .9rem; }
      .warning strong { color: var(--alert); }
      @media (max-width: 30rem) {
        body { padding: 1.25rem .75rem 3rem; }
        figure { padding: .9rem; }
      }
      @media print {
        body { max-width: none; padding: 0; }
        figure { break-inside: avoid; }
      }
      """;

  private ReportStyle() {}
}

// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One figure over time: a line where it was measured, nothing where it was not, and the same as a table.

import { formatDate } from '../lib/format';
import { language } from '../lib/i18n';
import { useStore } from '../lib/store';
import type { Language } from '../lib/types';
import { formatFigure, groupDots, listDots, roundUp, splitRuns, startOfDay, startOfHour, type Dot } from './series';
import { useHealthTexts } from './texts';
import type { History, Row } from './types';

const WIDTH = 560;
const HEIGHT = 200;
const LEFT = 112;
const BOTTOM = 30;
const TOP = 16;
const RIGHT = 8;
const HOUR_MS = 3_600_000;

interface Scale {
  x: (at: number) => number;
  y: (value: number) => number;
  most: number;
  first: number;
  last: number;
}

function makeScale(dots: readonly Dot[], step: number, unit: string): Scale {
  const last = dots.at(-1)!.at;
  const first = last - (step === HOUR_MS ? 30 * 24 * HOUR_MS : 24 * HOUR_MS);
  const most = unit === 'share' ? 1 : roundUp(Math.max(...dots.map((dot) => dot.value)));
  return {
    first,
    last,
    most,
    x: (at) => LEFT + ((at - first) / (last - first)) * (WIDTH - LEFT - RIGHT),
    y: (value) => TOP + (1 - value / most) * (HEIGHT - TOP - BOTTOM),
  };
}

function clockOf(at: number): string {
  return new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', hour12: false }).format(at);
}

/** Moments that stand below the graph: each sixth hour, or each fifth day. */
function listTicks(scale: Scale, days: boolean, lang: Language): { at: number; words: string }[] {
  const ticks: { at: number; words: string }[] = [];
  const moment = new Date(startOfDay(scale.first));
  while (moment.getTime() <= scale.last) {
    const at = moment.getTime();
    const words = days ? formatDate(at, lang).replace(/\s\d{4}$/u, '') : clockOf(at);
    if (at >= scale.first && scale.x(at) < WIDTH - 20) ticks.push({ at, words });
    if (days) moment.setDate(moment.getDate() + 6);
    else moment.setHours(moment.getHours() + 6);
  }
  return ticks;
}

function drawRun(run: readonly Dot[], scale: Scale): string {
  const places = run.map(({ at, value }) => `${scale.x(at).toFixed(1)} ${scale.y(Math.max(0, value)).toFixed(1)}`);
  // One dot alone is a short line.
  return places.length === 1 ? `M${places[0]}h1.5` : `M${places.join('L')}`;
}

function Picture({ history, row, dots }: { history: History; row: Row; dots: Dot[] }) {
  const texts = useHealthTexts();
  const lang = useStore(language);
  const scale = makeScale(dots, history.step_ms, row.unit);
  const values = dots.map((dot) => dot.value);
  const format = (value: number): string => formatFigure(value, row.unit);
  const label = texts.graph(texts.names[row.name] ?? row.name, format(Math.min(...values)), format(Math.max(...values)));
  return (
    <svg class="health-graph" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
      {[0, 0.5, 1].map((part) => (
        <g key={part}>
          <line x1={LEFT} x2={WIDTH - RIGHT} y1={scale.y(scale.most * part)} y2={scale.y(scale.most * part)} />
          <text x={LEFT - 6} y={scale.y(scale.most * part) + 4} text-anchor="end">
            {format(scale.most * part)}
          </text>
        </g>
      ))}
      {listTicks(scale, history.step_ms === HOUR_MS, lang).map(({ at, words }) => (
        <text key={at} x={scale.x(at)} y={HEIGHT - 6} text-anchor="middle">
          {words}
        </text>
      ))}
      {splitRuns(dots, history.step_ms).map((run) => (
        <path key={run[0]!.at} d={drawRun(run, scale)} />
      ))}
    </svg>
  );
}

/** Sums of what is counted; least, mean and most of everything else. */
function Table({ history, row, dots }: { history: History; row: Row; dots: Dot[] }) {
  const texts = useHealthTexts();
  const lang = useStore(language);
  const days = history.step_ms === HOUR_MS;
  const summed = row.unit === 'count' && row.name !== 'viewers';
  const format = (value: number): string => formatFigure(value, row.unit);
  return (
    <details>
      <summary class="summary">{texts.table}</summary>
      <div class="table-scroll" tabIndex={0} role="region" aria-label={texts.table}>
        <table class="table">
          <thead>
            <tr>
              <th scope="col">{texts.time}</th>
              {summed && <th scope="col">{texts.total}</th>}
              <th scope="col">{texts.least}</th>
              <th scope="col">{texts.mean}</th>
              <th scope="col">{texts.most}</th>
            </tr>
          </thead>
          <tbody>
            {groupDots(dots, days ? startOfDay : startOfHour).map((group) => (
              <tr key={group.from}>
                <th scope="row">
                  {days ? formatDate(group.from, lang) : `${formatDate(group.from, lang)} ${clockOf(group.from)}`}
                </th>
                {summed && <td>{format(group.sum)}</td>}
                <td>{format(group.least)}</td>
                <td>{format(group.mean)}</td>
                <td>{format(group.most)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

export function Graph({ history, name }: { history: History; name: string }) {
  const texts = useHealthTexts();
  const row = history.figures.find((figure) => figure.name === name);
  const dots = row ? listDots(history.at_ms, row) : [];
  if (!row || dots.length === 0) return <p class="hint">{texts.noHistory}</p>;
  return (
    <>
      <Picture history={history} row={row} dots={dots} />
      <Table history={history} row={row} dots={dots} />
    </>
  );
}

// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// From a row of values to a graph and a table: pure.

import type { Row } from './types';

/** A value at a moment. */
export interface Dot {
  at: number;
  value: number;
}

/** What was measured of a row. */
export function listDots(at: readonly number[], row: Row): Dot[] {
  const dots: Dot[] = [];
  at.forEach((moment, index) => {
    const value = row.values[index];
    if (value !== null && value !== undefined) dots.push({ at: moment, value });
  });
  return dots;
}

/** Stretches without a hole: a line is never drawn over time that nobody measured. */
export function splitRuns(dots: readonly Dot[], step: number): Dot[][] {
  const runs: Dot[][] = [];
  for (const dot of dots) {
    const run = runs.at(-1);
    const last = run?.at(-1);
    if (run && last && dot.at - last.at <= step * 1.5) run.push(dot);
    else runs.push([dot]);
  }
  return runs;
}

/** A round number that is not less. */
export function roundUp(value: number): number {
  if (value <= 0) return 1;
  const unit = 10 ** Math.floor(Math.log10(value));
  const steps = [1, 1.5, 2, 3, 5, 7.5, 10];
  return unit * (steps.find((step) => step * unit >= value * 0.9999) ?? 10);
}

/** Least, middle and most of the dots between two moments. */
export interface Group {
  from: number;
  least: number;
  mean: number;
  most: number;
  sum: number;
}

/** The dots by stretches that begin where `begins` says, the newest first. */
export function groupDots(dots: readonly Dot[], begins: (at: number) => number): Group[] {
  const groups: (Group & { count: number })[] = [];
  for (const { at, value } of dots) {
    const from = begins(at);
    const group = groups.at(-1);
    if (group?.from === from) {
      group.least = Math.min(group.least, value);
      group.most = Math.max(group.most, value);
      group.sum += value;
      group.count += 1;
    } else {
      groups.push({ from, least: value, most: value, sum: value, mean: value, count: 1 });
    }
  }
  return groups.reverse().map(({ count, ...group }) => ({ ...group, mean: group.sum / count }));
}

/** The beginning of the hour, by the clock on the wall. */
export function startOfHour(at: number): number {
  return new Date(at).setMinutes(0, 0, 0);
}

export function startOfDay(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}

function trim(value: number, digits: number): string {
  return String(Number(value.toFixed(digits)));
}

/** A figure with its unit, short. */
export function formatFigure(value: number, unit: string): string {
  switch (unit) {
    case 'share':
      return `${trim(value * 100, value > 0.99 && value < 1 ? 1 : 0)}%`;
    case 'bps':
      return value >= 1e6 ? `${trim(value / 1e6, 1)} Mbit/s` : `${trim(value / 1e3, 0)} kbit/s`;
    case 'dB':
      return `${trim(value, 1)} dB`;
    case 'ms':
      return value >= 1000 ? `${trim(value / 1000, 1)} s` : `${trim(value, 0)} ms`;
    case 'us':
      return value >= 1000 ? `${trim(value / 1000, 1)} ms` : `${trim(value, 0)} µs`;
    case 'ratio':
      return value !== 0 && value < 0.01 ? value.toExponential(1) : trim(value, 2);
    default:
      return trim(value, value < 10 ? 1 : 0);
  }
}

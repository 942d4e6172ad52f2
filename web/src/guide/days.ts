// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Days and times of day of a guide, by the clock on the wall. Pure.

import { formatDate } from '../lib/format';
import type { Language } from '../lib/types';

export const DAYS_AHEAD = 7;

export function startOfDay(ms: number): number {
  return new Date(ms).setHours(0, 0, 0, 0);
}

/** Midnight so many days later, also where a day has not 24 hours. */
export function addDays(ms: number, days: number): number {
  const date = new Date(ms);
  date.setDate(date.getDate() + days);
  return date.getTime();
}

/** 2026-11-21, for addresses and fields. */
export function writeDay(ms: number): string {
  const date = new Date(ms);
  const part = (value: number): string => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${part(date.getMonth() + 1)}-${part(date.getDate())}`;
}

/** Midnight of 2026-11-21; null for what is no day. */
export function readDay(text: string | null): number | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text ?? '');
  if (!match) return null;
  const date = new Date(Number(match[1]), Number(match[2]) - 1, Number(match[3]));
  return writeDay(date.getTime()) === text ? date.getTime() : null;
}

/** The moment of a day and a time such as 18:30; null when either is none. */
export function readMoment(day: string, time: string): number | null {
  const start = readDay(day);
  const match = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(time);
  return start === null || !match ? null : new Date(start).setHours(Number(match[1]), Number(match[2]), 0, 0);
}

/** 18:30. */
export function writeTime(ms: number): string {
  return new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', hour12: false }).format(ms);
}

/** The day of the week and the date, with the Buddhist year in Thai. */
export function nameDay(ms: number, language: Language): string {
  const weekday = new Intl.DateTimeFormat(language === 'th' ? 'th-TH' : 'en-GB', { weekday: 'long' }).format(ms);
  return `${weekday} ${formatDate(ms, language)}`;
}

/** A weekday alone, short. */
export function nameWeekday(ms: number, language: Language): string {
  return new Intl.DateTimeFormat(language === 'th' ? 'th-TH' : 'en-GB', { weekday: 'short' }).format(ms);
}

/** The two moments; the end may be on the next day. */
export function readSpan(day: string, from: string, until: string): { start_ms: number; end_ms: number } | null {
  const start = readMoment(day, from);
  const midnight = readDay(day);
  if (start === null || midnight === null || from === until) return null;
  const end = readMoment(until < from ? writeDay(addDays(midnight, 1)) : day, until);
  return end !== null && end > Date.now() ? { start_ms: start, end_ms: end } : null;
}

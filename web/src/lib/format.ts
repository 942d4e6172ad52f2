// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Numbers, sizes, dates and durations as people read them. Thai dates carry the Buddhist year; bytes
// are decimal megabytes, as operators sell them. Pure functions.

import type { Language } from './types';

const LOCALE: Record<Language, string> = {
  th: 'th-TH-u-ca-buddhist-nu-latn',
  en: 'en-GB',
};

/** A day such as “21 พ.ย. 2569” or “21 Nov 2026”. */
export function formatDate(ms: number, language: Language): string {
  return new Intl.DateTimeFormat(LOCALE[language], {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
  })
    .format(ms)
    .replace(/\s*(?:พ\.ศ\.|BE)\s*/u, ' ');
}

/** A day and the time of day. */
export function formatDateTime(ms: number, language: Language): string {
  const time = new Intl.DateTimeFormat(LOCALE[language], {
    hour: '2-digit',
    minute: '2-digit',
    hour12: false,
  }).format(ms);
  return `${formatDate(ms, language)} ${time}${language === 'th' ? ' น.' : ''}`;
}

/** A position such as 4:05 or 1:02:09. */
export function formatClock(seconds: number): string {
  const whole = Number.isFinite(seconds) && seconds > 0 ? Math.floor(seconds) : 0;
  const s = String(whole % 60).padStart(2, '0');
  const m = Math.floor(whole / 60) % 60;
  const h = Math.floor(whole / 3600);
  return h > 0 ? `${h}:${String(m).padStart(2, '0')}:${s}` : `${m}:${s}`;
}

/** A length of time in words, for screen readers and cards. */
export function formatDuration(ms: number, language: Language): string {
  const total = Math.max(1, Math.round(ms / 1000));
  const h = Math.floor(total / 3600);
  const m = Math.floor(total / 60) % 60;
  const s = total % 60;
  const words = language === 'th' ? ['ชม.', 'นาที', 'วินาที'] : ['h', 'min', 's'];
  const parts: string[] = [];
  if (h > 0) parts.push(`${h} ${words[0]}`);
  if (m > 0) parts.push(`${m} ${words[1]}`);
  if (h === 0 && (s > 0 || m === 0) && m < 10) parts.push(`${s} ${words[2]}`);
  return parts.join(' ');
}

/** Decimal sizes with as many digits as help: 0.4 MB, 12 MB, 1.2 GB. Never “0 MB” for something. */
export function formatBytes(bytes: number): string {
  if (bytes >= 1e12) return `${(bytes / 1e12).toFixed(1)} TB`;
  if (bytes >= 9.95e9) return `${Math.round(bytes / 1e9)} GB`;
  if (bytes >= 9.995e8) return `${(bytes / 1e9).toFixed(1)} GB`;
  if (bytes >= 9.95e6) return `${Math.round(bytes / 1e6)} MB`;
  if (bytes >= 1e5) return `${(bytes / 1e6).toFixed(1)} MB`;
  if (bytes >= 1000) return `${Math.round(bytes / 1000)} KB`;
  return `${bytes} B`;
}

/** A share as a whole per cent; 100 only when it is all. */
export function formatPercent(part: number, whole: number): number {
  if (whole <= 0) return 0;
  const share = Math.floor((100 * part) / whole);
  return Math.min(part >= whole ? 100 : 99, Math.max(0, share));
}

/** Reads ?t= of a share link: seconds, or 1h2m3s. Null when it is not a time. */
export function parseTime(text: string | null): number | null {
  if (text === null) return null;
  const match = /^(?:(\d{1,3})h)?(?:(\d{1,5})m)?(?:(\d{1,6})s?)?$/.exec(text);
  if (!match || text === '') return null;
  return Number(match[1] ?? 0) * 3600 + Number(match[2] ?? 0) * 60 + Number(match[3] ?? 0);
}

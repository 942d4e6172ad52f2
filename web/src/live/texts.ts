// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The texts of this folder in the page's language, and times of day as people read them.

import { language } from '../lib/i18n';
import { formatDate } from '../lib/format';
import { useStore } from '../lib/store';
import type { Language } from '../lib/types';
import { liveEn } from './texts-en';
import { liveTh, type LiveTexts } from './texts-th';

export function useLiveTexts(): LiveTexts {
  return useStore(language) === 'en' ? liveEn : liveTh;
}

/** A time of day such as 19:05 น., with its day (Buddhist year in Thai) when that is another one than today. */
export function formatWall(ms: number, lang: Language, now = Date.now(), seconds = false): string {
  const time = new Intl.DateTimeFormat('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    ...(seconds ? { second: '2-digit' as const } : {}),
    hour12: false,
  }).format(ms);
  const day = formatDate(ms, lang);
  return `${day === formatDate(now, lang) ? '' : `${day} `}${time}${lang === 'th' ? ' น.' : ''}`;
}

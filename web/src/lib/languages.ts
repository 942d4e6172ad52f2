// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Names of languages in the reader's own.

import type { Language } from './types';

/** A language's name with its first letter large; '' when nobody said which. */
export function nameLanguage(code: string, lang: Language): string {
  if (code === 'und' || code === '') return '';
  try {
    const name = new Intl.DisplayNames([lang], { type: 'language', fallback: 'code' }).of(code) ?? code;
    return name.charAt(0).toLocaleUpperCase(lang) + name.slice(1);
  } catch {
    return code;
  }
}

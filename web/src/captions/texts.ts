// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The texts of this folder in the page's language.

import { language } from '../lib/i18n';
import { useStore } from '../lib/store';
import { captionsEn } from './texts-en';
import { captionsTh, type CaptionsTexts } from './texts-th';

export function useCaptionsTexts(): CaptionsTexts {
  return useStore(language) === 'en' ? captionsEn : captionsTh;
}

/** A language's name in the page's language, or its tag. */
export function nameLanguage(texts: CaptionsTexts, tag: string): string {
  return texts.languages[tag] ?? tag;
}

// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The texts of what comes after the first sight of a lesson. Only chunks import this, so that the first
// visit does not wait for it.

import { lateTh, type LateTexts } from '../texts/late-th';
import { language, readEnglish } from './i18n';
import { useStore } from './store';
import './traffic';

/** The late texts of the present language; the component renders again when it changes. */
export function useLateTexts(): LateTexts {
  useStore(language);
  return readEnglish()?.lateEn ?? lateTh;
}

// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The texts of this folder in the page's language.

import { language } from '../lib/i18n';
import { useStore } from '../lib/store';
import { rulesEn } from './texts-en';
import { rulesTh, type RulesTexts } from './texts-th';

/** For code outside components. */
export function rulesText(): RulesTexts {
  return language.get() === 'en' ? rulesEn : rulesTh;
}

export function useRulesTexts(): RulesTexts {
  useStore(language);
  return rulesText();
}

// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The name of a channel in its address, proposed: Latin letters and digits of its name; where they say nothing, as
// with most Thai names, its number.

const LENGTH = 40;
const THAI_ZERO = 0x0e50;

function foldName(name: string): string {
  return name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[๐-๙]/g, (digit) => String(digit.charCodeAt(0) - THAI_ZERO))
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
}

/** @number: of the channel or service. @taken: slugs of other channels. */
export function suggestSlug(name: string, number: number, taken: readonly string[]): string {
  const folded = foldName(name);
  const base = (/[a-z]/.test(folded) ? folded : `ch-${number}`).slice(0, LENGTH - 4).replace(/-+$/, '');
  let slug = base;
  for (let i = 2; taken.includes(slug); i++) slug = `${base}-${i}`;
  return slug;
}

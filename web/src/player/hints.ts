// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What the browser says of the line before anything was measured.

interface NetworkInformation {
  saveData?: boolean;
  effectiveType?: string;
}

export interface LinkHints {
  /** The learner asked the browser to save data. */
  frugal: boolean;
  /** The line is 2G, or data is to be saved. */
  weak: boolean;
}

/** Reads navigator.connection where there is one. */
export function readLinkHints(): LinkHints {
  const line = (navigator as Navigator & { connection?: NetworkInformation }).connection;
  const frugal = line?.saveData === true;
  return { frugal, weak: frugal || /2g$/.test(line?.effectiveType ?? '') };
}

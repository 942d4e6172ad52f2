// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What can be chosen when bitmap subtitles are drawn into pictures.

/** Offered whether or not a service says that it has them: it may have them at other times. */
const USUAL = ['tha', 'eng'];

/** As far as it is needed here. */
export interface SubtitledService {
  streams: readonly { kind: string; language: string }[];
}

/** Languages to choose from, those that @service has now first. */
export function listSubtitles(service: SubtitledService | undefined, chosen: string): string[] {
  const streams = service?.streams ?? [];
  const found = streams.filter((stream) => stream.kind === 'subtitles').map((stream) => stream.language);
  return [...new Set([...found, ...USUAL, chosen])].filter((code) => /^[a-z]{3}$/.test(code));
}

/** Qualities of a ladder that have pictures. */
export function listPictures(rungs: string): string[] {
  return rungs.split(' ').filter((rung) => rung !== '' && rung !== 'voice');
}

// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// English texts of live channels.

import type { LiveTexts } from './texts-th';

export const liveEn: LiveTexts = {
  heading: 'Live channels',
  missing: 'There is no such channel',
  missingHelp: 'The address may be misspelt, or the channel is off.',
  home: 'To the first page',
  states: {
    off: 'off',
    waiting: 'starting',
    'on-air': 'on the air',
    'no-signal': 'no signal',
    scrambled: 'scrambled',
    failed: 'failed',
  },
  now: (title) => `Now: ${title}`,
  next: (time, title) => `${time} ${title}`,
  nextHeading: 'Next',
  noGuide: 'No guide',
  player: 'Live player',
  play: 'Play',
  pause: 'Pause',
  mute: 'Mute',
  unmute: 'Unmute',
  full: 'Full screen',
  unfull: 'Leave full screen',
  edge: 'Go live',
  atEdge: 'Watching live',
  behind: (time) => `Watching what was on at ${time}`,
  rewind: 'Choose the time to watch',
  fromStart: 'From the start of this programme',
  windowOf: (first, last) => `You can rewind from ${last} back to ${first}`,
  waiting: 'Waiting for data…',
  retrying: 'The connection stumbled. Trying again…',
  failed: 'This channel cannot be played.',
  again: 'Try again',
  unsupported: 'This browser cannot play live channels. Try a newer one.',
  overBudget: 'This week’s data budget is used up.',
  goOn: 'Go on this once',
  nothing: 'There is nothing to watch yet. This page changes by itself when there is a signal.',
  quality: 'Choose a quality',
  qualityHelp: 'The number is the data that an hour uses.',
  perHour: (size) => `${size} an hour`,
};

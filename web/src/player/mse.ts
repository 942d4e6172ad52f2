// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Media Source Extensions of this browser, and the types they want.

type SourceClass = typeof MediaSource;

/** The MediaSource class of this browser, if it has one. */
export function findMediaSource(): SourceClass | null {
  const scope = globalThis as { MediaSource?: SourceClass; ManagedMediaSource?: SourceClass };
  return scope.MediaSource ?? scope.ManagedMediaSource ?? null;
}

/** The MIME type a SourceBuffer wants. */
export function mimeType(source: { codecs: string; hasPicture: boolean }): string {
  return `${source.hasPicture ? 'video' : 'audio'}/mp4; codecs="${source.codecs}"`;
}

// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What is being edited, on the picture at once: a track of its own on the video element.

import { useWhen } from '../lib/hooks';
import { toCueText, type Cue } from './cues';

const LABEL = 'daorian-editing';

function findTrack(video: HTMLVideoElement): TextTrack {
  const found = Array.from(video.textTracks).find((track) => track.label === LABEL);
  return found ?? video.addTextTrack('subtitles', LABEL);
}

function clearTrack(track: TextTrack): void {
  for (const cue of Array.from(track.cues ?? [])) track.removeCue(cue);
}

/** Keeps all other tracks from the picture; returns what shows them again. */
function hideOthers(video: HTMLVideoElement): () => void {
  const hidden = new Set<TextTrack>();
  const hide = (): void => {
    for (const track of Array.from(video.textTracks)) {
      if (track.label === LABEL || track.mode !== 'showing') continue;
      track.mode = 'hidden';
      hidden.add(track);
    }
  };
  video.textTracks.addEventListener('change', hide);
  hide();
  return () => {
    video.textTracks.removeEventListener('change', hide);
    for (const track of hidden) track.mode = 'showing';
  };
}

/** Shows the cues while the component is there, in place of the saved ones. */
export function usePreview(video: HTMLVideoElement | null, cues: readonly Cue[]): void {
  useWhen(() => {
    if (!video) return undefined;
    const showOthers = hideOthers(video);
    return () => {
      const track = findTrack(video);
      track.mode = 'hidden';
      clearTrack(track);
      track.mode = 'disabled';
      showOthers();
    };
  }, [video]);
  useWhen(() => {
    if (!video) return undefined;
    const timer = setTimeout(() => {
      const track = findTrack(video);
      track.mode = 'showing';
      clearTrack(track);
      for (const cue of cues) {
        if (cue.end > cue.start) track.addCue(new VTTCue(cue.start / 1000, cue.end / 1000, toCueText(cue.text)));
      }
    }, 200);
    return () => clearTimeout(timer);
  }, [video, cues]);
}

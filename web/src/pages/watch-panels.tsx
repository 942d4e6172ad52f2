// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What stands round the player and is not needed before play: places for the transcript (captions) and
// for keeping a copy (offline). A chunk of its own, fetched when the browser is idle; each place is a
// chunk again, fetched only when the lesson has something for it.

import type { ComponentType } from 'preact';
import { useState } from 'preact/hooks';
import { useWhen } from '../lib/hooks';
import type { Lesson } from '../lib/types';

/** What every panel gets. `video` is null until play was pressed. */
export interface PanelProps {
  lesson: Lesson;
  /** Name of the chosen rung, or `auto`. */
  choice: string;
  video: HTMLVideoElement | null;
  /** Where the learner is in the lesson. */
  seconds: number;
  /** Goes to a time, and begins to play when nothing plays yet. */
  onSeek: (seconds: number) => void;
}

type PanelModule = { default: ComponentType<PanelProps> };
type PanelFiles = Record<string, () => Promise<unknown>>;

// Globs, so that a place whose file is not built is empty.
const TRANSCRIPT: PanelFiles = import.meta.glob('../captions/panel.tsx');
const KEEP: PanelFiles = import.meta.glob('../offline/keep.tsx');

/** A panel that is fetched when it is wanted; without its file it shows nothing. */
function LatePanel({ files, props }: { files: PanelFiles; props: PanelProps }) {
  const [panel, setPanel] = useState<PanelModule | null>(null);
  useWhen(() => {
    const load = Object.values(files)[0];
    load?.().then(
      (module) => setPanel(module as PanelModule),
      () => undefined,
    );
  }, []);
  return panel ? <panel.default {...props} /> : null;
}

/** Below the player: the transcript. */
export function MainPanels(props: PanelProps) {
  const wanted = (props.lesson.captions?.length ?? 0) > 0 || props.lesson.may_edit;
  return wanted ? <LatePanel files={TRANSCRIPT} props={props} /> : null;
}

/** Beside the player, below the prices. */
export function SidePanels(props: PanelProps) {
  return <LatePanel files={KEEP} props={props} />;
}

// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What stands round the player and is not needed before play: places for the transcript (captions) and
// for keeping a copy (offline). A chunk of its own, fetched when the browser is idle; each place is a
// chunk again, fetched only when the lesson has something for it.

import type { ComponentType } from 'preact';
import { useState } from 'preact/hooks';
import { budget } from '../lib/budget';
import { formatBytes, formatClock, formatPercent } from '../lib/format';
import { useWhen } from '../lib/hooks';
import { useTexts } from '../lib/i18n';
import { useLateTexts } from '../lib/late';
import { useStore } from '../lib/store';
import type { Lesson } from '../lib/types';
import { readLinkHints } from '../player/hints';
import { LateIcon } from '../ui/late-icons';
import '../ui/panels.css';
import { openSettings } from '../ui/settings-door';
import { showToast } from '../ui/toast';
import { Progress } from '../ui/work';

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
const GAPS: PanelFiles = import.meta.glob('../guide/gaps-panel.tsx');
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

async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Not a secure context (a box on the local network): the old way.
    const field = document.createElement('textarea');
    field.value = text;
    field.className = 'unseen';
    document.body.append(field);
    field.select();
    const done = document.execCommand('copy');
    field.remove();
    return done;
  }
}

function ShareButtons({ lesson, seconds }: { lesson: Lesson; seconds: number }) {
  const texts = useLateTexts();
  const url = `${location.origin}/watch/${lesson.id}`;
  const at = Math.floor(seconds);
  const copy = async (text: string): Promise<void> => {
    showToast((await copyText(text)) ? texts.lesson.copied : texts.lesson.copyFailed);
  };
  const share = async (): Promise<void> => {
    if (!navigator.share) return copy(url);
    await navigator.share({ title: lesson.title, url }).catch(() => undefined);
  };
  return (
    <>
      <button type="button" class="button" onClick={() => void share()}>
        <LateIcon name="share" />
        {'share' in navigator ? texts.lesson.share : texts.lesson.shareLink}
      </button>
      {at > 0 && (
        <button type="button" class="button button-quiet" onClick={() => void copy(`${url}?t=${at}`)}>
          <LateIcon name="link" />
          {texts.lesson.shareAt(formatClock(at))}
        </button>
      )}
    </>
  );
}

/** How the week's budget stands, with the door to the settings. */
function BudgetLine() {
  const common = useTexts();
  const texts = useLateTexts().budget;
  const { limit, spent, state } = useStore(budget);
  const used = formatBytes(spent);
  return (
    <div class={`budget-line budget-${state}`}>
      <p>{limit === null ? texts.spent(used) : texts.spentOf(used, formatBytes(limit))}</p>
      {limit !== null && <Progress percent={formatPercent(spent, limit)} label={texts.heading} />}
      {readLinkHints().frugal && <p class="hint">{texts.saveData}</p>}
      <button type="button" class="link" onClick={openSettings}>
        {common.nav.settings}
      </button>
    </div>
  );
}

/**
 * The slides as one file to print. Its size is asked for only when the lesson does not
 * tell it, and not before play.
 */
function SlidesPdf({ lesson, playing }: { lesson: Lesson; playing: boolean }) {
  const texts = useLateTexts().slides;
  const known = lesson.slides?.pdf_bytes ?? null;
  const [bytes, setBytes] = useState<number | null>(known);
  const url = lesson.slides?.pdf ?? null;
  useWhen(() => {
    if (!url || known !== null || !playing) return;
    fetch(url, { method: 'HEAD' }).then(
      (answer) => setBytes(Number(answer.headers.get('Content-Length')) || null),
      () => undefined,
    );
  }, [url, playing]);
  if (!url) return null;
  return (
    <a class="button" href={url} download>
      <LateIcon name="save" />
      {bytes === null ? texts.pdf : texts.pdfSize(formatBytes(bytes))}
    </a>
  );
}

/** Below the player: sharing, the slides to print, the transcript. */
export function MainPanels(props: PanelProps) {
  const { lesson } = props;
  const wanted = (lesson.captions?.length ?? 0) > 0 || lesson.may_edit;
  return (
    <>
      <div class="actions">
        <ShareButtons lesson={lesson} seconds={props.seconds} />
        <SlidesPdf lesson={lesson} playing={props.video !== null} />
      </div>
      {(lesson.gaps?.length ?? 0) > 0 && <LatePanel files={GAPS} props={props} />}
      {wanted && <LatePanel files={TRANSCRIPT} props={props} />}
    </>
  );
}

/** Beside the player, below the prices: the budget, keeping a copy, the shortcuts. */
export function SidePanels(props: PanelProps) {
  const texts = useLateTexts().player;
  return (
    <>
      <BudgetLine />
      <LatePanel files={KEEP} props={props} />
      <details class="keys">
        <summary>{texts.keys}</summary>
        <p>{texts.keysList}</p>
      </details>
    </>
  );
}

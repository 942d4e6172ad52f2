// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A caption file from the person's disk: chosen or dropped, sent as it is, and what the server found
// wrong in it line by line.

import { useState } from 'preact/hooks';
import { describeError } from '../lib/api';
import type { Captions } from '../lib/types';
import { Notice } from '../ui/basics';
import { DropTarget } from '../ui/drop';
import { FaultyFile, putCaptions, type LineFault } from './store';
import { useCaptionsTexts } from './texts';

const MOST_BYTES = 2 * 1024 * 1024;

interface Outcome {
  kind: 'error' | 'warning';
  heading: string;
  faults: readonly LineFault[];
  more: number;
}

function FaultList({ outcome }: { outcome: Outcome }) {
  const texts = useCaptionsTexts();
  return (
    <Notice kind={outcome.kind}>
      <p>
        <strong>{outcome.heading}</strong>
      </p>
      <ul class="file-faults">
        {outcome.faults.map((fault, index) => (
          <li key={index}>
            <strong>{fault.line > 0 ? texts.file.line(fault.line) : texts.file.whole}</strong> {fault.message}
          </li>
        ))}
      </ul>
      {outcome.more > 0 && <p>{texts.editor.more(outcome.more)}</p>}
    </Notice>
  );
}

export function FileDrop(props: {
  lessonId: string;
  language: string;
  item: Captions | undefined;
  onSaved: (saved: Captions) => void;
}) {
  const texts = useCaptionsTexts().file;
  const [busy, setBusy] = useState(false);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const fail = (heading: string, faults: readonly LineFault[] = [], more = 0): void =>
    setOutcome({ kind: 'error', heading, faults, more });
  const take = async (file: File | undefined): Promise<void> => {
    if (!file || busy) return;
    if (file.size > MOST_BYTES) {
      fail(texts.large);
      return;
    }
    setBusy(true);
    setOutcome(null);
    try {
      const how = { etag: props.item?.etag ?? null, draft: false };
      const saved = await putCaptions(props.lessonId, props.language, await file.arrayBuffer(), how);
      if (saved.warnings.length > 0)
        setOutcome({ kind: 'warning', heading: texts.warnings, faults: saved.warnings, more: saved.more_warnings });
      props.onSaved(saved);
    } catch (error) {
      if (error instanceof FaultyFile) fail(texts.faults, error.faults, error.more);
      else fail(describeError(error));
    }
    setBusy(false);
  };
  return (
    <>
      <DropTarget
        name="caption-drop"
        words={texts.drop}
        choose={texts.choose}
        help={texts.help}
        accept=".vtt,.srt,text/vtt,application/x-subrip"
        busy={busy}
        onFiles={([file]) => void take(file)}
      />
      {outcome && <FaultList outcome={outcome} />}
    </>
  );
}

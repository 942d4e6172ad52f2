// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What of this lesson can be kept, with its size, and what is being kept. Where the browser keeps
// nothing, the files themselves to download.

import { useEffect } from 'preact/hooks';
import { budget, remainingBytes } from '../lib/budget';
import { describeError } from '../lib/api';
import { formatBytes } from '../lib/format';
import { useTexts } from '../lib/i18n';
import { useStore } from '../lib/store';
import type { Lesson, Rung } from '../lib/types';
import { useRungs } from '../player/support';
import { Loading, Notice } from '../ui/basics';
import { showToast } from '../ui/toast';
import { WorkButton } from '../ui/work';
import { CopyState } from './copy-state';
import { PlanError } from './plan';
import { keep, kept, obstacle, start } from './queue';
import { SpaceMeter } from './space';
import { useOfflineTexts } from './texts';
import './offline.css';

/** The MP4 files, for who cannot keep lessons in the browser. */
function PlainFiles({ lesson, why }: { lesson: Lesson; why: string }) {
  const texts = useOfflineTexts();
  const names = useTexts().rungs.name;
  return (
    <>
      <Notice kind="info">
        <p>{why}</p>
        {!isSecureContext && (
          <p>
            <a href="/trust">{texts.trust}</a>
          </p>
        )}
      </Notice>
      <h3>{texts.files}</h3>
      <ul class="keep-files">
        {lesson.rungs
          .filter((rung) => rung.file_url && !rung.error && rung.file_url.endsWith('.mp4'))
          .map((rung) => (
            <li key={rung.name}>
              <a href={rung.file_url!} download={`${lesson.title.slice(0, 80)} ${rung.name}.mp4`}>
                {names[rung.name] ?? rung.name}
              </a>{' '}
              {formatBytes(rung.bytes)}
            </li>
          ))}
      </ul>
    </>
  );
}

function Choice({ lesson, rung }: { lesson: Lesson; rung: Rung }) {
  const texts = useOfflineTexts();
  const errors = useTexts().errors;
  const name = useTexts().rungs.name[rung.name] ?? rung.name;
  const copy = useStore(kept)?.copies.find(
    (item) => item.lesson_id === lesson.id && item.rung === rung.name && item.state !== 'bin',
  );
  const add = async (): Promise<void> => {
    try {
      await keep(lesson, rung.name);
    } catch (error) {
      const known = error instanceof PlanError ? texts.fault.changed : error instanceof TypeError ? errors.offline : '';
      showToast(known || describeError(error));
    }
  };
  return (
    <li class="keep-row">
      {copy ? (
        <CopyState copy={copy} name={name} />
      ) : (
        <WorkButton class="button keep-button" onWork={add} label={texts.keep(name, formatBytes(rung.bytes))}>
          <span>{name}</span>{' '}
          <strong>{formatBytes(rung.bytes)}</strong>
        </WorkButton>
      )}
    </li>
  );
}

export function Choices({ lesson }: { lesson: Lesson }) {
  const texts = useOfflineTexts();
  const all = useStore(kept);
  const blocked = useStore(obstacle);
  const { state } = useStore(budget);
  const rungs = useRungs(lesson);
  useEffect(() => void start(), []);
  if (blocked) return <PlainFiles lesson={lesson} why={texts[blocked]} />;
  if (!all) return <Loading />;
  return (
    <>
      <ul class="keep-list">
        {rungs.map((rung) => (
          <Choice key={rung.name} lesson={lesson} rung={rung} />
        ))}
      </ul>
      {(lesson.sounds ?? []).length > 0 && <p class="hint">{texts.ownSound}</p>}
      {state !== 'none' && <p class="hint">{texts.budgetLeft(formatBytes(remainingBytes()))}</p>}
      <SpaceMeter />
      <p class="hint">
        {lesson.visibility === 'public' ? '' : `${texts.shared} `}
        {texts.stay}
      </p>
      <p class="hint">
        <a href="/offline">{texts.list}</a>
      </p>
    </>
  );
}

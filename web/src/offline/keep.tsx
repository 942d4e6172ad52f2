// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The place beside the player where a lesson can be kept. Small, since it comes with every lesson page:
// the list, the queue and the database are fetched when they are wanted, or when this lesson is kept.

import type { FunctionComponent } from 'preact';
import { useState } from 'preact/hooks';
import { useTexts } from '../lib/i18n';
import { useWhen } from '../lib/hooks';
import { recall } from '../lib/storage';
import type { Lesson } from '../lib/types';
import { ErrorNotice, Loading } from '../ui/basics';
import { useOfflineTexts } from './texts';

type List = FunctionComponent<{ lesson: Lesson }>;

function LateList({ lesson }: { lesson: Lesson }) {
  const texts = useTexts();
  const [list, setList] = useState<{ show: List } | null>(null);
  const [failed, setFailed] = useState(0);
  useWhen(() => {
    import('./choices').then(
      (module) => setList({ show: module.Choices }),
      () => setFailed((n) => n + 1),
    );
  }, []);
  if (list) return <list.show lesson={lesson} />;
  return failed ? <ErrorNotice message={texts.errors.chunk} onRetry={() => location.reload()} /> : <Loading />;
}

export default function KeepPanel({ lesson }: { lesson: Lesson }) {
  const texts = useOfflineTexts();
  const [open, setOpen] = useState(() => recall<string[]>('kept', []).includes(lesson.id) || recall('keeping', false));
  return (
    <section class="keep">
      <h2>{texts.heading}</h2>
      <p class="hint">{texts.help}</p>
      {open ? (
        <LateList lesson={lesson} />
      ) : (
        <button type="button" class="button" onClick={() => setOpen(true)}>
          {texts.show}
        </button>
      )}
    </section>
  );
}

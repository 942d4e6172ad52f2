// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The place beside the player where a lesson can be kept. Small, since it comes with every lesson page:
// the list, the queue and the database are fetched when they are wanted, or when this lesson is kept.

import type { FunctionComponent } from 'preact';
import { useState } from 'preact/hooks';
import { language, useTexts } from '../lib/i18n';
import { useWhen } from '../lib/hooks';
import { recall } from '../lib/storage';
import { useStore } from '../lib/store';
import type { Lesson } from '../lib/types';
import { ErrorNotice, Loading } from '../ui/basics';

// The few words before anything is wanted; the others come with the list.
const WORDS = {
  th: {
    heading: 'เก็บไว้ดูไม่ใช้เน็ต',
    help: 'ดาวน์โหลดครั้งเดียว ดูได้ทุกเมื่อแม้ไม่มีสัญญาณ และไม่เสียค่าเน็ตซ้ำ',
    show: 'เลือกแบบที่จะเก็บ',
  },
  en: {
    heading: 'Keep for offline',
    help: 'Download once; watch at any time without a line, and without paying for the data again.',
    show: 'Choose what to keep',
  },
};

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
  const texts = WORDS[useStore(language)];
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

// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// How much room copies take and how much the browser would still give.

import { useState } from 'preact/hooks';
import { formatBytes, formatPercent } from '../lib/format';
import { useWhen } from '../lib/hooks';
import { useStore } from '../lib/store';
import { kept } from './queue';
import { useOfflineTexts } from './texts';
import { Progress } from '../ui/work';

export function SpaceMeter() {
  const texts = useOfflineTexts();
  const all = useStore(kept);
  const used = all ? [...all.have.values()].reduce((sum, bytes) => sum + bytes, 0) : 0;
  const [free, setFree] = useState<number | null>(null);
  const step = Math.round(used / 1e6);
  useWhen(() => {
    void navigator.storage
      ?.estimate?.()
      .then(({ quota, usage }) => {
        if (quota !== undefined && usage !== undefined) setFree(Math.max(0, quota - usage));
      })
      .catch(() => undefined);
  }, [step]);
  if (free === null) return null;
  return (
    <div class="space">
      <Progress percent={formatPercent(used, used + free)} label={texts.spaceLabel} />
      <p class="hint">{texts.space(formatBytes(used), formatBytes(free))}</p>
    </div>
  );
}

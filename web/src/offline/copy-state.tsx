// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One copy: how far it is, and what can be done with it.

import { formatBytes, formatPercent } from '../lib/format';
import { useStore } from '../lib/store';
import { Icon } from '../ui/icons';
import { showToast } from '../ui/toast';
import { Progress } from '../ui/work';
import type { Copy } from './database';
import { bin, goOn, kept, motion, pause } from './queue';
import { useOfflineTexts, type OfflineTexts } from './texts';

/** Takes copies away and offers to bring them back. */
export async function binWithUndo(copies: readonly Copy[], texts: OfflineTexts): Promise<void> {
  const bytes = copies.reduce((sum, copy) => sum + copy.bytes, 0);
  const undo = await bin(copies.map((copy) => copy.key));
  showToast(texts.removed(formatBytes(bytes)), undo);
}

function describe(copy: Copy, percent: number, texts: OfflineTexts): string {
  if (copy.state === 'failed') return texts.fault[copy.fault ?? 'server'];
  if (copy.state === 'kept') return texts.state.kept;
  return `${texts.state[copy.state]} · ${texts.percent(percent)}`;
}

/** What a copy is called: a rung's name on the lesson's page, the lesson's title in the list. */
export function CopyState({ copy, name, hideName = false }: { copy: Copy; name: string; hideName?: boolean }) {
  const texts = useOfflineTexts();
  const have = useStore(kept)?.have.get(copy.key) ?? 0;
  const { retrying, waiting } = useStore(motion);
  const percent = copy.state === 'kept' ? 100 : formatPercent(have, copy.bytes);
  const moving = copy.state === 'loading';
  return (
    <div class={`copy copy-${copy.state}`}>
      <p class="copy-name">
        {!hideName && <span>{name}</span>}
        {copy.state === 'kept' && <Icon name="check" />}
        <strong>{formatBytes(copy.bytes)}</strong>
      </p>
      {copy.state !== 'kept' && (
        <Progress percent={percent} label={name} {...(copy.state === 'failed' ? { tone: 'error' as const } : {})} />
      )}
      <p class="hint" role="status">
        {describe(copy, percent, texts)}
      </p>
      {moving && retrying && <p class="hint">{texts.retrying}</p>}
      {moving && waiting && <p class="hint">{texts.waiting}</p>}
      <div class="copy-actions">
        {(moving || copy.state === 'queued') && (
          <button type="button" class="button button-quiet" aria-label={texts.pauseOf(name)} onClick={() => void pause(copy.key)}>
            {texts.pause}
          </button>
        )}
        {(copy.state === 'paused' || copy.state === 'failed') && (
          <button type="button" class="button" aria-label={texts.goOnOf(name)} onClick={() => void goOn(copy.key)}>
            {copy.state === 'failed' ? texts.again : texts.goOn}
          </button>
        )}
        <button
          type="button"
          class="button button-quiet"
          aria-label={texts.removeOf(name)}
          onClick={() => void binWithUndo([copy], texts)}
        >
          {copy.state === 'kept' ? texts.remove : texts.cancel}
        </button>
      </div>
    </div>
  );
}

// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The administrator's page of broadcasts: addresses, their services, and the guide of one of them.

import { useCallback, useState } from 'preact/hooks';
import { call } from '../lib/api';
import { useLoad } from '../lib/load';
import { place } from '../lib/router';
import { useLive } from '../lib/staff';
import { useStore } from '../lib/store';
import type { Page } from '../lib/types';
import { Empty, ErrorNotice, Loading } from '../ui/basics';
import { showToast } from '../ui/toast';
import { AddressForm, type AddressValues } from './address-form';
import './broadcasts.css';
import { Guide } from './guide';
import { MultiplexPanel } from './multiplex';
import { useBroadcastsTexts } from './texts';
import type { Multiplex } from './types';

const EMPTY: AddressValues = { uri: '', name: '', text_default: 'tis-620', tuners: 0 };

function AddAddress({ onAdded }: { onAdded: (multiplex: Multiplex) => void }) {
  const texts = useBroadcastsTexts();
  const [turn, setTurn] = useState(0);
  const add = async (body: AddressValues): Promise<void> => {
    const made = await call<Multiplex>('multiplexes', { method: 'POST', body });
    onAdded(await call<Multiplex>(`multiplexes/${made.id}/scan`, { method: 'POST' }));
    showToast(texts.created);
    setTurn((n) => n + 1);
  };
  return (
    <details class="panel" key={turn}>
      <summary class="summary">{texts.add}</summary>
      <AddressForm values={EMPTY} submit={texts.create} onSubmit={add} />
    </details>
  );
}

function Addresses() {
  const texts = useBroadcastsTexts();
  const { data, error, loading, reload } = useLoad(
    (signal) => call<Page<Multiplex>>('multiplexes', { signal }),
    [],
  );
  const [live, setLive] = useState<Readonly<Record<string, Multiplex>>>({});
  const take = useCallback((multiplex: Multiplex) => {
    setLive((all) => ({ ...all, [multiplex.id]: multiplex }));
  }, []);
  // After a break some news are missing: what the list says then is the newest.
  const again = useCallback(() => {
    setLive({});
    reload();
  }, [reload]);
  useLive({ onMultiplex: take, onOpen: again });
  const multiplexes = (data?.items ?? []).map((one) => live[one.id] ?? one);
  return (
    <>
      <AddAddress
        onAdded={(multiplex) => {
          take(multiplex);
          reload();
        }}
      />
      {multiplexes.length > 0 && (
        <p class="below">
          <a href="/admin/broadcasts/guide-file">{texts.file.link}</a>
        </p>
      )}
      {error && <ErrorNotice message={error} onRetry={reload} />}
      {loading && !data && <Loading />}
      {data && multiplexes.length === 0 && <Empty title={texts.none} help={texts.noneHelp} />}
      <div class="panels">
        {multiplexes.map((multiplex) => (
          <MultiplexPanel key={multiplex.id} multiplex={multiplex} onChanged={take} onRemoved={reload} />
        ))}
      </div>
    </>
  );
}

export function Broadcasts() {
  const service = new URLSearchParams(useStore(place).search).get('service');
  return service ? <Guide key={service} id={service} /> : <Addresses />;
}

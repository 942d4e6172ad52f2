// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The form of an address: typed, or begun with an example; used for a new one and for a change.

import { useState } from 'preact/hooks';
import { describeError } from '../lib/api';
import { Notice } from '../ui/basics';
import { SelectField, TextField } from '../ui/forms';
import { useBroadcastsTexts } from './texts';
import type { Multiplex } from './types';

export interface AddressValues {
  uri: string;
  name: string;
  text_default: string;
  tuners: number;
}

export function readValues({ uri, name, text_default, tuners }: Multiplex): AddressValues {
  return { uri, name, text_default, tuners };
}

const EXAMPLES = [
  ['udp', 'udp://239.1.1.1:5004'],
  ['rtp', 'rtp://239.1.1.1:5004?interface=eth1'],
  ['srt', 'srt://192.168.1.20:9000?passphrase=ten-or-more'],
  ['srtListener', 'srt://:9000?mode=listener&passphrase=ten-or-more'],
  ['http', 'http://192.168.1.20:8080/stream.ts'],
  ['hls', 'https://192.168.1.20/tv/index.m3u8'],
  ['satip', 'satip://192.168.1.30/?src=1&freq=11778&pol=v&msys=dvbs2&sr=27500'],
  ['dvbs', 'dvb://?adapter=0&msys=dvbs2&freq=11778&pol=v&sr=27500&lnb=universal'],
  ['dvbt', 'dvb://?msys=dvbt2&freq=626&bw=8'],
  ['file', 'file:/srv/video/demo.ts'],
] as const;

function Examples({ onUse }: { onUse: (uri: string) => void }) {
  const texts = useBroadcastsTexts();
  return (
    <details class="examples">
      <summary class="summary">{texts.examples}</summary>
      <ul class="example-list">
        {EXAMPLES.map(([kind, uri]) => (
          <li key={uri}>
            <button type="button" class="example" onClick={() => onUse(uri)}>
              <span class="hint">{texts.kinds[kind]}</span>
              <code lang="en">{uri}</code>
            </button>
          </li>
        ))}
      </ul>
    </details>
  );
}

export function AddressForm(props: {
  values: AddressValues;
  submit: string;
  onSubmit: (values: AddressValues) => Promise<void>;
  onCancel?: () => void;
}) {
  const texts = useBroadcastsTexts();
  const [values, setValues] = useState(props.values);
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const set = (name: 'uri' | 'name' | 'text_default') => (value: string) => setValues((all) => ({ ...all, [name]: value }));
  const codes = Object.entries(texts.codes);
  const submit = async (): Promise<void> => {
    if (busy) return;
    setBusy(true);
    setError(null);
    try {
      await props.onSubmit({ ...values, uri: values.uri.trim(), name: values.name.trim() });
    } catch (fault) {
      setError(describeError(fault));
    }
    setBusy(false);
  };
  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      {error && <Notice kind="error">{error}</Notice>}
      <TextField
        label={texts.uri}
        help={texts.uriHelp}
        value={values.uri}
        onInput={set('uri')}
        required
        maxLength={2048}
        lang="en"
      />
      <Examples onUse={set('uri')} />
      <div class="field-row">
        <TextField label={texts.name} help={texts.nameHelp} value={values.name} onInput={set('name')} maxLength={80} />
        <SelectField
          label={texts.text}
          value={values.text_default}
          options={
            codes.some(([code]) => code === values.text_default)
              ? codes
              : [...codes, [values.text_default, values.text_default]]
          }
          onChange={set('text_default')}
        />
      </div>
      <p class="hint">{texts.textHelp}</p>
      {/^(?:satip|dvb|https?):/iu.test(values.uri.trim()) && (
        <SelectField
          label={texts.tuners}
          value={String(values.tuners)}
          options={Array.from({ length: 17 }, (_, n) => [String(n), n === 0 ? texts.tunersUnknown : String(n)] as const)}
          onChange={(number) => setValues((all) => ({ ...all, tuners: Number(number) }))}
        />
      )}
      <div class="actions">
        <button type="submit" class="button button-main" aria-busy={busy}>
          {props.submit}
        </button>
        {props.onCancel && (
          <button type="button" class="button button-quiet" onClick={props.onCancel}>
            {texts.cancel}
          </button>
        )}
      </div>
    </form>
  );
}

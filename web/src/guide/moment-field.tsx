// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A day or a time of day, by the browser's own field.

import { useId } from 'preact/hooks';

export function MomentField(props: {
  type: 'date' | 'time';
  label: string;
  value: string;
  onInput: (value: string) => void;
}) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      <input id={id} type={props.type} value={props.value} onInput={(event) => props.onInput(event.currentTarget.value)} />
    </div>
  );
}

// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Where files are dropped, or chosen with a button. Staff pages only.

import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';

export function DropTarget(props: {
  /** Its class; with -over while files are held above it, with -compact when it is one. */
  name: 'drop' | 'caption-drop';
  words: string;
  choose: string;
  help: string;
  accept: string;
  multiple?: boolean;
  compact?: boolean;
  busy?: boolean;
  button?: string;
  icon?: ComponentChildren;
  onFiles: (files: File[]) => void;
}) {
  const { name } = props;
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const take = (files: FileList | null | undefined): void => {
    if (files && files.length > 0) props.onFiles([...files]);
  };
  return (
    <div
      class={`${name} ${over ? `${name}-over` : ''} ${props.compact ? `${name}-compact` : ''}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        take(event.dataTransfer?.files);
      }}
    >
      {props.icon}
      <p>{props.words}</p>
      <button
        type="button"
        class={props.button ?? 'button'}
        aria-busy={props.busy}
        onClick={() => input.current?.click()}
      >
        {props.choose}
      </button>
      <input
        ref={input}
        class="unseen"
        type="file"
        multiple={props.multiple}
        accept={props.accept}
        tabIndex={-1}
        aria-label={props.choose}
        onChange={(event) => {
          take(event.currentTarget.files);
          event.currentTarget.value = '';
        }}
      />
      <p class="hint">{props.help}</p>
    </div>
  );
}

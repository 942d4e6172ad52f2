// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The pieces every page is made of: page frame with its heading, notices, empty and error states. No page draws
// its own.

import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useTexts } from '../lib/i18n';
import { focusHeading } from '../lib/router';
import { useTitle } from '../lib/hooks';
import { Icon, type IconName } from './icons';

/** A page: sets the document's title and takes the focus on a change of page. */
export function PageHead(props: {
  title: string;
  lang?: string | undefined;
  hidden?: boolean;
  children?: ComponentChildren;
}) {
  const texts = useTexts();
  const heading = useRef<HTMLHeadingElement>(null);
  useTitle(`${props.title} · ${texts.brand}`);
  useEffect(() => focusHeading(heading.current), []);
  return (
    <div class={props.hidden ? 'page-head unseen' : 'page-head'}>
      <h1 ref={heading} tabIndex={-1} lang={props.lang}>
        {props.title}
      </h1>
      {props.children}
    </div>
  );
}

export type NoticeKind = 'info' | 'warning' | 'error' | 'success';

const NOTICE_ICON: Record<NoticeKind, IconName> = {
  info: 'info',
  warning: 'warn',
  error: 'warn',
  success: 'check',
};

/** A sentence that matters, with what can be done. Errors are announced at once. */
export function Notice(props: { kind: NoticeKind; children: ComponentChildren }) {
  return (
    <div class={`notice notice-${props.kind}`} role={props.kind === 'error' ? 'alert' : 'status'}>
      <Icon name={NOTICE_ICON[props.kind]} />
      <div>{props.children}</div>
    </div>
  );
}

/** A notice with a button that tries again. */
export function ErrorNotice(props: { message: string; onRetry?: () => void }) {
  const texts = useTexts();
  return (
    <Notice kind="error">
      <p>{props.message}</p>
      {props.onRetry && (
        <button type="button" class="button" onClick={props.onRetry}>
          {texts.retry}
        </button>
      )}
    </Notice>
  );
}

/** Nothing here, and why. */
export function Empty(props: { title: string; help?: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <svg class="empty-star" viewBox="0 0 32 32" aria-hidden="true">
        <path d="m16 5 3.2 7.1 7.8.8-5.8 5.2 1.6 7.6-6.8-3.9-6.8 3.9 1.6-7.6L5 12.9l7.8-.8z" />
      </svg>
      <p class="empty-title">{props.title}</p>
      {props.help && <p>{props.help}</p>}
      {props.children}
    </div>
  );
}

/** Says “loading” only when it takes long enough to be noticed. */
export function Loading() {
  const texts = useTexts();
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 300);
    return () => clearTimeout(timer);
  }, []);
  return (
    <p class="loading" role="status">
      {late ? texts.loading : ''}
    </p>
  );
}

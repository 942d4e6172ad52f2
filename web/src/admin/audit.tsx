// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Who did what, newest first.

import { useState } from 'preact/hooks';
import { call, describeError } from '../lib/api';
import { formatDateTime } from '../lib/format';
import { language } from '../lib/i18n';
import { useLoad } from '../lib/load';
import { useStaffTexts } from '../lib/staff';
import { useStore } from '../lib/store';
import type { AuditRow, Page } from '../lib/types';
import { Empty, ErrorNotice, Loading } from '../ui/basics';
import { showToast } from '../ui/toast';

export function Audit() {
  const texts = useStaffTexts();
  const lang = useStore(language);
  const first = useLoad((signal) => call<Page<AuditRow>>('audit?limit=50', { signal }), []);
  const [more, setMore] = useState<Page<AuditRow> | null>(null);
  const cursor = more ? more.next_cursor : (first.data?.next_cursor ?? null);
  const rows = [...(first.data?.items ?? []), ...(more?.items ?? [])];
  const load = async (): Promise<void> => {
    try {
      const page = await call<Page<AuditRow>>(`audit?limit=50&cursor=${encodeURIComponent(cursor ?? '')}`);
      setMore({ items: [...(more?.items ?? []), ...page.items], next_cursor: page.next_cursor });
    } catch (error) {
      showToast(describeError(error));
    }
  };
  if (!first.data) {
    return first.error ? <ErrorNotice message={first.error} onRetry={first.reload} /> : <Loading />;
  }
  if (rows.length === 0) return <Empty title={texts.audit.none} />;
  return (
    <>
      <div class="table-box" role="region" aria-label={texts.admin.audit} tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">{texts.audit.when}</th>
              <th scope="col">{texts.audit.who}</th>
              <th scope="col">{texts.audit.what}</th>
              <th scope="col">{texts.audit.which}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.id}>
                <td class="nowrap">{formatDateTime(row.when_ms, lang)}</td>
                <td>{row.account_name ?? texts.audit.system}</td>
                <td>
                  <code>{row.action}</code>
                </td>
                <td>{row.subject}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {cursor && (
        <p class="more">
          <button type="button" class="button" onClick={() => void load()}>
            {texts.more}
          </button>
        </p>
      )}
    </>
  );
}

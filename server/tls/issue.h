// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Makes certificates with GnuTLS: an authority of the box's own, limited to the box's names, and
// server certificates from it (RFC 5280). Bytes in, bytes out: no file is touched. Called by
// keep.c.
#pragma once

#include "server/tls/names.h"

/** Browsers take no certificate that lives longer (in days, both ends counted). */
#define TLS_ISSUE_DAYS_MAX 397

/** A certificate and its key. */
typedef struct {
    char *certificate; // (owned), PEM
    char *key;         // (owned), PEM
} TlsIssuePair;

void tls_issue_pair_free(TlsIssuePair *pair);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TlsIssuePair, tls_issue_pair_free)

/**
 * tls_issue_make_authority:
 * @title: what phones show as its name
 * @names: what it may sign for, beside `.local` and the private address ranges
 * @now_ms: UTC milliseconds
 *
 * An ECDSA P-256 authority for ten years, that can sign for nothing else in the world. Returns:
 * (transfer full) (nullable): NULL with a GIOError. Any thread; takes milliseconds.
 */
TlsIssuePair *tls_issue_make_authority(const char *title, const TlsNames *names, gint64 now_ms,
                                       GError **error);

/**
 * tls_issue_make_server:
 * @days: from now, 1 to TLS_ISSUE_DAYS_MAX - 1: it begins a day early, for clocks that are slow
 *
 * Returns: (transfer full) (nullable): a pair that verifies against @authority; NULL with
 * G_IO_ERROR_INVALID_ARGUMENT when the authority may not sign for one of @names, G_IO_ERROR_FAILED
 * otherwise.
 */
TlsIssuePair *tls_issue_make_server(const TlsIssuePair *authority, const TlsNames *names,
                                    gint64 now_ms, guint days, GError **error);

/** Returns: (transfer full) (nullable): those of @names that @authority (PEM) may sign for; NULL
 * with a GIOError when it is no authority. */
TlsNames *tls_issue_narrow(const char *authority, const TlsNames *names, GError **error);
